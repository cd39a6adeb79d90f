/** The zoo: every network with its sizes. */
import { dcgan } from "./dcgan.js";
import { encoder } from "./encoder.js";
import { gpt } from "./gpt.js";
import { gru } from "./gru.js";
import { lenet } from "./lenet.js";
import { lstm } from "./lstm.js";
import { m5 } from "./m5.js";
import { mixer } from "./mixer.js";
import { mnist } from "./mnist.js";
import type { Network } from "./network.js";
import { recommender } from "./recommender.js";
import { resnet } from "./resnet.js";
import { resnet50 } from "./resnet50.js";
import { tcn } from "./tcn.js";
import { unet } from "./unet.js";
import { vae } from "./vae.js";
import { vit } from "./vit.js";

/** The files of the networks, by name. */
export const networks: Record<string, Network> = {
  ...{ gpt, resnet, lstm, recommender, m5, vae, mnist, lenet },
  ...{ vit, unet, gru, mixer, dcgan, tcn, encoder, resnet50 },
};

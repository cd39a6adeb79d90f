/** The networks of the zoo with their sizes: each is a file of contestants/zoo, in TypeScript and Python. */
import type { NetworkCase } from "../../contestants/protocol.js";

export interface Entry extends Omit<NetworkCase, "kind" | "file" | "random" | "compared"> {
  title: string;
  random?: boolean;
  /** Whether there is a file for JAX too. */
  jax?: boolean;
  /** Whether products take most of the time: the share of the FMA limit is shown. */
  products?: boolean;
}

export const entries: Record<string, Entry> = {
  "gpt-128": {
    title: "GPT 4 layers, 4 heads, 128, T 64, B 12, AdamW",
    network: "gpt",
    jax: true,
    sizes: { layers: 4, heads: 4, width: 128, length: 64, context: 64, batch: 12, vocabulary: 65, bias: 0 },
    products: true,
  },
  "gpt-256": {
    title: "GPT 4 layers, 8 heads, 256, T 256, B 8, AdamW",
    network: "gpt",
    jax: true,
    sizes: { layers: 4, heads: 8, width: 256, length: 256, context: 256, batch: 8, vocabulary: 65, bias: 0 },
    products: true,
  },
  resnet: {
    title: "ResNet-20, 32 x 32, B 32, SGD momentum",
    network: "resnet",
    jax: true,
    sizes: { blocks: 3, width: 16, batch: 32 },
    products: true,
  },
  mnist: {
    title: "PyTorch's MNIST example, B 64, Adadelta",
    network: "mnist",
    sizes: { batch: 64 },
    products: true,
    random: true,
  },
  lstm: {
    title: "Embedding 64, LSTM 128, T 64, B 32, Adam",
    network: "lstm",
    jax: true,
    sizes: { vocabulary: 65, width: 64, hidden: 128, length: 64, batch: 32 },
  },
  recommender: {
    title: "8 embeddings 10,000 x 16, MLP 128-64-1, B 256, SGD",
    network: "recommender",
    jax: true,
    sizes: { features: 8, rows: 10_000, width: 16, hidden: 64, batch: 256 },
  },
  m5: {
    title: "M5, 1-d convolutions over 8,000 samples, B 32, Adam",
    network: "m5",
    sizes: { width: 32, classes: 35, samples: 8000, batch: 32 },
  },
  vae: {
    title: "VAE 784-400-20, B 128, Adam",
    network: "vae",
    sizes: { inputs: 784, hidden: 400, latent: 20, batch: 128 },
    random: true,
  },
  lenet: { title: "LeNet-5, B 64, SGD momentum", network: "lenet", jax: true, sizes: { batch: 64 } },
  vit: {
    title: "ViT-tiny 12 layers, 3 heads, 192, 64 patches of 4 x 4, B 8, AdamW",
    network: "vit",
    sizes: { layers: 12, heads: 3, width: 192, patch: 4, size: 32, batch: 8 },
    products: true,
  },
  unet: {
    title: "U-Net 16-32-64, 64 x 64, B 8, Adam",
    network: "unet",
    sizes: { width: 16, size: 64, batch: 8 },
    products: true,
  },
  gru: {
    title: "GRU forecaster, 2 layers of 64, T 96, B 32, Adam",
    network: "gru",
    sizes: { features: 8, hidden: 64, layers: 2, length: 96, horizon: 24, batch: 32 },
  },
  mixer: {
    title: "MLP-Mixer 4 layers, 128, 64 patches of 4 x 4, B 32, AdamW",
    network: "mixer",
    jax: true,
    sizes: { layers: 4, width: 128, tokens: 64, channels: 512, patch: 4, size: 32, batch: 32 },
    products: true,
  },
  dcgan: {
    title: "DCGAN 32 x 32, both networks' steps, B 32, Adam",
    network: "dcgan",
    sizes: { latent: 100, width: 32, batch: 32 },
    products: true,
  },
  tcn: {
    title: "TCN over characters, 4 levels of 64, T 256, B 16, Adam",
    network: "tcn",
    sizes: { vocabulary: 65, width: 64, levels: 4, length: 256, batch: 16 },
  },
  encoder: {
    title: "Transformer encoder classifier, 2 layers, 4 heads, 128, T 64, B 32, Adam",
    network: "encoder",
    sizes: {
      vocabulary: 1000,
      layers: 2,
      heads: 4,
      width: 128,
      hidden: 256,
      length: 64,
      classes: 4,
      batch: 32,
    },
    products: true,
    random: true,
  },
};

import { train } from "../../train.mjs";

export const dynamic = "force-dynamic";
export const GET = () => Response.json(train());

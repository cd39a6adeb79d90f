/**
 * The compiler holds the files of src/browser to the types of the files whose place they take: what a twin
 * exports fits where the original's is used.
 */
import * as callSite from "../../src/browser/compile/call-site.js";
import * as csvParser from "../../src/browser/data/csv-parser.js";
import * as idxGzip from "../../src/browser/data/idx-gzip.js";
import * as irisText from "../../src/browser/data/iris-text.js";
import * as mnistFiles from "../../src/browser/data/mnist-files.js";
import * as code from "../../src/browser/host/code.js";
import * as memory from "../../src/browser/host/memory.js";
import * as messages from "../../src/browser/host/messages.js";
import * as turn from "../../src/browser/host/turn.js";
import * as atomic from "../../src/browser/io/atomic.js";
import * as read from "../../src/browser/io/read.js";
import * as choice from "../../src/browser/kernels/choice.js";
import * as openModule from "../../src/browser/kernels/wasm/open-module.js";
import * as threadWorkers from "../../src/browser/kernels/wasm/thread-workers.js";
import * as checkpoint from "../../src/browser/train/checkpoint.js";
import * as reporting from "../../src/browser/train/reporting.js";

callSite satisfies typeof import("../../src/compile/call-site.js");
csvParser satisfies typeof import("../../src/data/csv-parser.js");
idxGzip satisfies typeof import("../../src/data/idx-gzip.js");
irisText satisfies typeof import("../../src/data/iris-text.js");
mnistFiles satisfies typeof import("../../src/data/mnist-files.js");
code satisfies typeof import("../../src/host/code.js");
memory satisfies typeof import("../../src/host/memory.js");
messages satisfies typeof import("../../src/host/messages.js");
turn satisfies typeof import("../../src/host/turn.js");
atomic satisfies Omit<typeof import("../../src/io/atomic.js"), "endOfLinks">;
read satisfies Omit<typeof import("../../src/io/read.js"), "fileKind" | "readError">;
choice satisfies typeof import("../../src/kernels/choice.js");
openModule satisfies typeof import("../../src/kernels/wasm/open-module.js");
threadWorkers satisfies typeof import("../../src/kernels/wasm/thread-workers.js");
reporting satisfies typeof import("../../src/train/reporting.js");
checkpoint satisfies typeof import("../../src/train/checkpoint.js");

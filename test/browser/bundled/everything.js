/** Everything, whose size is measured. */
import * as simdgrad from "simdgrad";

console.log(simdgrad);

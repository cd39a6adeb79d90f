# Builds the addon with node-gyp when there is no cmake. gyp has no flags per file, so there is one static
# library per instruction set. Source folders and flags come from native/sources.json, which CMakeLists.txt
# reads too. This file is not part of the published package.
{
  "variables": {
    "per_isa": ["<!@(node -p \"require('./native/sources.json').perIsa.flatMap((d) => fs.readdirSync('native/' + d).filter((f) => f.endsWith('.cc')).sort().map((f) => 'native/' + d + '/' + f)).join(' ')\")"],
    "flags": ["<!@(node -p \"require('./native/sources.json').flags.join(' ')\")"]
  },
  "target_defaults": {
    # Node's own headers set defaults such as -O3. Our flags come last and override them.
    "cflags_cc": ["<@(flags)"],
    "cflags!": ["-fno-omit-frame-pointer"],
    "configurations": { "Release": { "cflags!": ["-flto"], "ldflags!": ["-flto"] } }
  },
  "targets": [
    {
      "target_name": "kernels_portable",
      "type": "static_library",
      "sources": ["<@(per_isa)"],
      "defines": ["SIMDGRAD_ISA_NS=portable"],
      "cflags_cc": ["<!@(node -p \"require('./native/sources.json').isas['<(target_arch)'].portable.join(' ')\")"]
    },
    {
      "target_name": "simdgrad",
      "sources": ["<!@(node -p \"[...require('./native/sources.json').once, ...require('./native/sources.json').systems[process.platform].folders].flatMap((d) => fs.readdirSync('native/' + d).filter((f) => f.endsWith('.cc')).sort().map((f) => 'native/' + d + '/' + f)).join(' ')\")"],
      "include_dirs": ["node_modules/node-addon-api", "node_modules/node-api-headers/include"],
      "defines": ["SIMDGRAD_SOURCE_HASH=\"<!(node tools/build-native.js --hash)\""],
      "ldflags": ["<!@(node -p \"require('./native/sources.json').systems[process.platform].linkFlags.join(' ')\")", "-Wl,--version-script=<(module_root_dir)/native/binding/exports.map"],
      "dependencies": ["kernels_portable"],
      "conditions": [
        ["target_arch=='x64'", { "dependencies": ["kernels_avx2", "kernels_avx512"] }],
        ["target_arch=='arm64'", { "dependencies": ["kernels_neon"] }]
      ]
    }
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "kernels_avx2",
          "type": "static_library",
          "sources": ["<@(per_isa)"],
          "defines": ["SIMDGRAD_ISA_NS=avx2"],
          "cflags_cc": ["<!@(node -p \"require('./native/sources.json').isas.x64.avx2.join(' ')\")"]
        },
        {
          "target_name": "kernels_avx512",
          "type": "static_library",
          "sources": ["<@(per_isa)"],
          "defines": ["SIMDGRAD_ISA_NS=avx512"],
          "cflags_cc": ["<!@(node -p \"require('./native/sources.json').isas.x64.avx512.join(' ')\")"]
        }
      ]
    }],
    ["target_arch=='arm64'", {
      "targets": [
        {
          "target_name": "kernels_neon",
          "type": "static_library",
          "sources": ["<@(per_isa)"],
          "defines": ["SIMDGRAD_ISA_NS=neon"],
          "cflags_cc": ["<!@(node -p \"require('./native/sources.json').isas.arm64.neon.join(' ')\")"]
        }
      ]
    }]
  ]
}

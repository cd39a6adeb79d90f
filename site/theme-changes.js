// What differs from VitePress's theme, as a plugin of Vite. A version of VitePress whose source has other
// lines ends the build.
const changes = [
  {
    // It waits 200 ms for the next letter before it searches, and searching takes 10.
    component: "VPLocalSearchBox.vue",
    from: "debounce: 200",
    to: "debounce: 50",
  },
  {
    // The server's page has no classes here, and the bar moves when the browser adds them.
    component: "VPNavBar.vue",
    from: "const classes = ref<Record<string, boolean>>({})",
    to: `const classes = ref<Record<string, boolean>>({
      'has-sidebar': hasSidebar.value,
      'home': frontmatter.value.layout === 'home',
      'top': true
    })`,
  },
];

export const themeChanges = {
  name: "theme-changes",
  enforce: "pre",
  transform(code, id) {
    const change = changes.find(({ component }) => id.endsWith(`/theme-default/components/${component}`));
    if (change === undefined) return undefined;
    if (!code.includes(change.from)) throw new Error(`${change.component} no longer has: ${change.from}`);
    return { code: code.replace(change.from, change.to), map: null };
  },
};

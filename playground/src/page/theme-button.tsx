/** Changes between light and dark colours, on both pages. */
type Theme = "light" | "dark";

const moon = "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.500 10.500z";
const sun = "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM11 1h2v4h-2zM11 19h2v4h-2zM1 11h4v2H1zM19 11h4v2h-4z";

export function ThemeButton({ theme, onChange }: { theme: Theme; onChange: (theme: Theme) => void }) {
  const other = theme === "dark" ? "light" : "dark";
  const title = `${other === "light" ? "Light" : "Dark"} colours`;
  return (
    <button type="button" class="icon" aria-label={title} title={title} onClick={() => onChange(other)}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={theme === "dark" ? sun : moon} />
      </svg>
    </button>
  );
}

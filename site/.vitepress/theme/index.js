// Fonts of the system: text does not move when another font arrives.
import theme from "vitepress/theme-without-fonts";
import "./site.css";

export default theme;

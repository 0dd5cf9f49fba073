/** As far as fonts.ts uses it. */
declare module "subset-font" {
  type Axis = number | { min: number; max: number };
  export default function subsetFont(
    font: Buffer,
    letters: string,
    options: {
      targetFormat: "woff2";
      variationAxes: Record<string, Axis>;
      keepFeatures: readonly string[];
    },
  ): Promise<Buffer>;
}

/** The column at the right, 360 px; over the canvas on narrow windows. */
export const inspectorClass =
  'flex w-(--inspector) shrink-0 flex-col border-l bg-surface max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-20 max-lg:max-w-full max-lg:shadow-raised'

declare module 'workerd' {
  /** Where the program is. */
  const workerd: { readonly default: string }
  export default workerd
}

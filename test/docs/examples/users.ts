/** What the examples take for an app's own check of passwords. It checks none. */
export async function findUser(form: FormData): Promise<{ id: string } | undefined> {
  const name = form.get('name')
  return typeof name === 'string' && form.get('password') === 'right' ? { id: name } : undefined
}

declare namespace App {
  interface Locals {
    visitor: import('carryon').Session<import('./sessions').Data>
  }
}

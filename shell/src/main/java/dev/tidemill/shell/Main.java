package dev.tidemill.shell;

/** The {@code tidemill} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code = Command.run(arguments, Console.ofProcess());
    System.exit(code);
  }
}

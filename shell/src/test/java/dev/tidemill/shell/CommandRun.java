package dev.tidemill.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/** One run of the command in this process. */
record CommandRun(int code, String out, String err) {
  /** Without terminals, in a directory. */
  static CommandRun of(Path directory, String stdin, String... arguments) {
    return of(directory, stdin, Set.of(), arguments);
  }

  static CommandRun of(
      Path directory, String stdin, Set<Console.Stream> terminals, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminals,
            directory,
            new Console.Interrupts());
    int code = Command.run(arguments, console);
    return new CommandRun(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

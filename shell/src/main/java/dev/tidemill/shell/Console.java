package dev.tidemill.shell;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the command is attached to.
 *
 * @param in statements, where none are given otherwise
 * @param out results, and nothing else
 * @param err progress, notices, errors
 * @param terminals the streams at whose ends somebody sits
 * @param directory what relative paths are relative to
 */
record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Set<Stream> terminals,
    Path directory,
    Interrupts interrupts) {
  private static final int BUFFER = 1 << 16;

  /** The three that every process has. */
  enum Stream {
    IN(0),
    OUT(1),
    ERR(2);

    private final int number;

    Stream(int number) {
      this.number = number;
    }
  }

  /** Who is told of Ctrl-C; the last to ask, until it is done. */
  static final class Interrupts {
    private volatile Runnable handler = () -> {};

    /**
     * Until {@link #ignore()}, {@code action} runs on a thread of its own when the process is
     * interrupted.
     */
    void on(Runnable action) {
      handler = action;
    }

    void ignore() {
      handler = () -> {};
    }

    void interrupt() {
      handler.run();
    }
  }

  /** That of this process. */
  static Console ofProcess() {
    Set<Stream> terminals = EnumSet.noneOf(Stream.class);
    for (Stream stream : Stream.values()) {
      if (isTerminal(stream.number)) {
        terminals.add(stream);
      }
    }
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
            false,
            StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.err), 1 << 13),
            true,
            StandardCharsets.UTF_8);
    return new Console(
        System.in, out, err, terminals, Path.of("").toAbsolutePath(), new Interrupts());
  }

  /** The same with other streams for what is said. */
  Console with(PrintStream results, PrintStream notices) {
    return new Console(in, results, notices, terminals, directory, interrupts);
  }

  /** Whether somebody types. */
  boolean inIsTerminal() {
    return terminals.contains(Stream.IN);
  }

  /** Whether somebody reads the results. */
  boolean outIsTerminal() {
    return terminals.contains(Stream.OUT);
  }

  /** Whether somebody reads the notices. */
  boolean errIsTerminal() {
    return terminals.contains(Stream.ERR);
  }

  /**
   * The launcher says it (property {@code tidemill.terminals}, the numbers of the streams); else
   * what the system knows.
   */
  private static boolean isTerminal(int stream) {
    String told = System.getProperty("tidemill.terminals");
    if (told != null) {
      return told.indexOf('0' + stream) >= 0;
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException unknown) {
      return System.console() != null && System.console().isTerminal();
    }
  }

  /** Whether escape sequences for colours are welcome on a stream that is a terminal. */
  static boolean allowsColour() {
    String terminal = System.getenv("TERM");
    return System.getenv("NO_COLOR") == null && terminal != null && !terminal.equals("dumb");
  }
}

package dev.tidemill.benchmarks.killtest;

import dev.tidemill.benchmarks.BenchmarkException;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link Victim} in a child JVM with the flags and the class path of this one. */
final class VictimProcess implements AutoCloseable {
  private static final String END = "";

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /**
   * Starts it.
   *
   * @param arguments as {@link Victim#main} has them
   */
  VictimProcess(List<String> arguments, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!flag.startsWith("-agentlib") && !flag.startsWith("-Xmx")) {
        command.add(flag);
      }
    }
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName()));
    command.addAll(arguments);
    process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Thread reader = new Thread(this::read, "victim");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException killed) {
      return;
    } finally {
      lines.add(END);
    }
  }

  /** The next line within that time, or null where none came or the process has ended. */
  @Nullable String line(long millis) {
    try {
      String line = lines.poll(Math.max(0, millis), TimeUnit.MILLISECONDS);
      if (line != null && line.equals(END)) {
        lines.add(END);
        return null;
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted");
    }
  }

  boolean hasEnded() {
    return END.equals(lines.peek());
  }

  /** SIGKILL; it is gone on return. What it has said until then can still be read. */
  void kill() {
    process.destroyForcibly();
    await(60_000);
  }

  /** Lets it end by itself. */
  void finish() throws IOException {
    process.getOutputStream().close();
  }

  /** The exit code. */
  int await(long millis) {
    try {
      if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        throw new BenchmarkException(
            "the process of the standing queries has not ended within %d s"
                .formatted(millis / 1000));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

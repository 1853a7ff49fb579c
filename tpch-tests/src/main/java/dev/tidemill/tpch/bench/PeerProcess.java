package dev.tidemill.tpch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A peer in a child JVM: one of the programs of {@code src/peers}, compiled as it starts, on the
 * class path that {@code ./mvnw -Ppeers} wrote. {@code Peer.java} has the protocol.
 */
final class PeerProcess implements Contestant {
  private static final Map<String, String> PROGRAMS =
      Map.of("duckdb", "DuckDbPeer.java", "spark", "SparkPeer.java");

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final Path directory;

  /**
   * Starts a peer and opens the tables.
   *
   * @throws BenchmarkException if its class path is missing, or it does not start
   */
  PeerProcess(String name, BenchmarkOptions options) throws IOException {
    this.name = name;
    Path classpath = options.peers().resolve(name + ".classpath");
    if (!Files.isReadable(classpath)) {
      throw new BenchmarkException(
          "there is no %s: ./mvnw -Ppeers fetches the peers and writes it".formatted(classpath));
    }
    directory = Files.createTempDirectory("tpch-peer");
    process =
        new ProcessBuilder(command(options, Files.readString(classpath).strip()))
            .redirectError(directory.resolve("log").toFile())
            .start();
    answers = process.inputReader(StandardCharsets.UTF_8);
    String memory = options.memory();
    ask(
        "open",
        options.data().toString(),
        Integer.toString(options.threads()),
        memory == null ? "-" : memory,
        Boolean.toString(options.cached()));
  }

  private List<String> command(BenchmarkOptions options, String classpath) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/sun.util.calendar=ALL-UNNAMED"));
    String memory = options.memory();
    if (name.equals("spark") && memory != null) {
      command.add("-Xmx" + memory.replaceAll("(?i)i?b$", ""));
    }
    command.addAll(
        List.of("-cp", classpath, options.programs().resolve(PROGRAMS.get(name)).toString()));
    return command;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double run(String sql) {
    return Double.parseDouble(ask("run", write(sql).toString(), "-"));
  }

  /** The rows of a query, values as text, {@code NULL} for NULL. */
  List<String[]> rows(String sql) {
    Path result = directory.resolve("result.tsv");
    ask("run", write(sql).toString(), result.toString());
    try {
      return Files.readAllLines(result).stream().map(PeerProcess::values).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] values(String line) {
    String[] values = line.split("\t", -1);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i].equals("\\N") ? "NULL" : values[i];
    }
    return values;
  }

  @Override
  public long peakBytes() {
    return Long.parseLong(ask("peak"));
  }

  private Path write(String sql) {
    try {
      return Files.writeString(directory.resolve("query.sql"), sql);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What follows {@code ok} in the answer to a request. */
  private String ask(String... request) {
    try {
      var out = process.outputWriter(StandardCharsets.UTF_8);
      out.write(String.join("\t", request) + "\n");
      out.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new BenchmarkException(
            "%s ended at %s:%n%s"
                .formatted(
                    name,
                    Arrays.toString(request),
                    Files.readString(directory.resolve("log")).strip()));
      }
      String[] fields = answer.split("\t", 2);
      if (!fields[0].equals("ok")) {
        throw new BenchmarkException(name + ": " + (fields.length > 1 ? fields[1] : answer));
      }
      return fields.length > 1 ? fields[1] : "";
    } catch (IOException e) {
      throw new BenchmarkException(name + " does not answer: " + e);
    }
  }

  @Override
  public void close() {
    try {
      process.outputWriter(StandardCharsets.UTF_8).close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

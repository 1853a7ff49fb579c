package dev.tidemill.benchmarks.nexmark;

import dev.tidemill.benchmarks.BenchmarkException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A peer in a child JVM of a version that all peers support (17 or 21): {@code
 * src/peers/FlinkPeer.java}, which has the protocol, or its like, compiled as it starts together
 * with the classes that make the events.
 */
final class PeerProcess implements AutoCloseable {
  /** The peers there are. */
  static final List<String> PEERS = List.of("flink", "spark");

  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.util",
          "java.time",
          "java.nio",
          "java.net",
          "sun.nio.ch",
          "sun.util.calendar");

  private static final List<String> GENERATOR =
      List.of("Channels", "EventKind", "EventSequence", "Letters", "Prices", "Randomness");

  private final NexmarkOptions options;

  /** As in {@code FlinkPeer}. */
  private final String name;

  private final Path directory;
  private final Process process;
  private final BufferedReader answers;

  /**
   * Compiles the program and starts it.
   *
   * @param peer one of {@link #PEERS}
   * @throws BenchmarkException if the peer's class path or a JVM for it is missing
   */
  PeerProcess(String peer, NexmarkOptions options) throws IOException {
    this.options = options;
    this.name = Character.toUpperCase(peer.charAt(0)) + peer.substring(1);
    Path file = options.home().resolve("target/peers/" + peer + ".classpath");
    if (!Files.isReadable(file)) {
      throw new BenchmarkException(
          "there is no %s: ./mvnw -Ppeers fetches the peers and writes it".formatted(file));
    }
    String classpath = Files.readString(file).strip();
    Path java = java();
    directory = Files.createTempDirectory("nexmark-" + peer);
    Path classes = Files.createDirectory(directory.resolve("classes"));
    compile(classpath, classes);
    List<String> command = new ArrayList<>(List.of(java.toString()));
    for (String opened : OPENED) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    String memory = options.memory();
    if (memory != null) {
      command.add("-Xmx" + memory.replaceAll("(?i)i?b$", ""));
    }
    command.addAll(List.of("-cp", classes + ":" + classpath, name + "Peer"));
    process = new ProcessBuilder(command).redirectError(directory.resolve("log").toFile()).start();
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** A JVM of 17 or 21 beside ours. */
  private Path java() throws IOException {
    Path ours = Path.of(System.getProperty("java.home")).toAbsolutePath();
    try (Stream<Path> beside = Files.list(ours.getParent())) {
      for (Path home : beside.sorted().toList()) {
        Path release = home.resolve("release");
        if (Files.isRegularFile(release)
            && Files.readString(release).matches("(?s).*JAVA_VERSION=\"(17|21)\\..*")
            && Files.isExecutable(home.resolve("bin/java"))) {
          return home.resolve("bin/java");
        }
      }
    }
    throw new BenchmarkException(
        name + " needs a JDK 17 or 21, and there is none in " + ours.getParent());
  }

  private void compile(String classpath, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new BenchmarkException("the peer's program needs a JDK to be compiled, not a JRE");
    }
    Path generator = options.home().resolve("storage/src/main/java/dev/tidemill/storage/nexmark");
    Path peers = options.home().resolve("benchmarks/src/peers");
    List<Path> sources = new ArrayList<>();
    GENERATOR.forEach(name -> sources.add(generator.resolve(name + ".java")));
    sources.add(peers.resolve(name + "Peer.java"));
    sources.add(peers.resolve("PeerEvents.java"));
    StringWriter log = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  log,
                  files,
                  null,
                  List.of(
                      "--release",
                      "17",
                      "-proc:none",
                      "-nowarn",
                      "-cp",
                      classpath,
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new BenchmarkException(name + "'s program does not compile:\n" + log);
      }
    }
  }

  /**
   * Runs a query over the warm-up's events, then over all.
   *
   * @throws BenchmarkException if the peer refuses it
   */
  Measurement run(NexmarkQuery query) {
    try {
      Path sql = Files.writeString(directory.resolve("query.sql"), query.query());
      if (options.warmUp() > 0) {
        ask(query.name(), sql, options.warmUp());
      }
      String[] fields = ask(query.name(), sql, options.events());
      return new Measurement(
          Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), -1, -1, -1, -1);
    } catch (IOException e) {
      throw new BenchmarkException(name + " does not answer: " + e);
    }
  }

  private String[] ask(String query, Path sql, long events) throws IOException {
    var out = process.outputWriter(StandardCharsets.UTF_8);
    out.write(
        String.join(
                "\t",
                query,
                sql.toString(),
                Long.toString(events),
                Integer.toString(options.threads()),
                directory.toString())
            + "\n");
    out.flush();
    @Nullable String answer = answers.readLine();
    while (answer != null && !answer.startsWith("ok\t") && !answer.startsWith("error\t")) {
      answer = answers.readLine();
    }
    if (answer == null) {
      throw new BenchmarkException(name + " ended: " + Files.readString(directory.resolve("log")));
    }
    String[] fields = answer.split("\t", 2);
    if (fields[0].equals("error")) {
      throw new BenchmarkException(fields[1]);
    }
    return fields[1].split("\t");
  }

  @Override
  public void close() {
    try {
      process.outputWriter(StandardCharsets.UTF_8).close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

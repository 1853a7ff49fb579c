package dev.tidemill.testing.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A PostgreSQL on loopback with a directory of its own, which ends and goes with this object or the
 * JVM. It refuses to run as root; then it runs as {@code nobody}. One thread.
 */
public final class PostgresServer implements AutoCloseable {
  private static final String USER = "tidemill";
  private static final String PASSWORD = "loopback-only";
  private static final int NOBODY = 65534;
  private static final long STOP_SECONDS = 30;

  private final Path directory;
  private final Path binaries;
  private final Path data;
  private final int port;
  private final boolean isRoot;
  private final Thread end = new Thread(this::endNow);
  private @Nullable Process process;

  private PostgresServer(Path directory, int port) {
    this.directory = directory;
    this.binaries = directory.resolve("bin");
    this.data = directory.resolve("run/data");
    this.port = port;
    this.isRoot = "root".equals(System.getProperty("user.name"));
  }

  /**
   * Unpacks the binaries into a temporary directory, makes a database and starts.
   *
   * @throws IOException saying why it cannot run here
   */
  public static PostgresServer start() throws IOException {
    Path directory =
        Files.createTempDirectory(
            "tidemill-postgres",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    PostgresServer server = new PostgresServer(directory, freePort());
    Runtime.getRuntime().addShutdownHook(server.end);
    try {
      server.unpack();
      server.initialize();
      server.resume();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void unpack() throws IOException {
    String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    String archive = "/postgres-linux-%s.txz".formatted(architecture);
    try (InputStream packed = PostgresServer.class.getResourceAsStream(archive)) {
      if (packed == null || !System.getProperty("os.name").equals("Linux")) {
        throw new IOException("there are no binaries of PostgreSQL for this machine");
      }
      Process tar =
          new ProcessBuilder("tar", "-x", "-C", directory.toString())
              .redirectErrorStream(true)
              .start();
      try (OutputStream to = tar.getOutputStream();
          XZInputStream from = new XZInputStream(packed)) {
        from.transferTo(to);
      }
      require(tar, "tar");
    }
  }

  private void initialize() throws IOException {
    Path run = Files.createDirectory(directory.resolve("run"));
    Path password = Files.writeString(run.resolve("password"), PASSWORD);
    if (isRoot) {
      require(
          new ProcessBuilder("chown", "-R", NOBODY + ":" + NOBODY, run.toString())
              .redirectErrorStream(true)
              .start(),
          "chown");
    }
    require(
        command(
                "initdb",
                "-D",
                data.toString(),
                "-U",
                USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync")
            .start(),
        "initdb");
  }

  private ProcessBuilder command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
  }

  private static void require(Process running, String program) throws IOException {
    String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (running.waitFor() != 0) {
        throw new IOException(program + " failed: " + output.strip());
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Starts again after {@link #stop} or {@link #crash}; returns when it takes connections. */
  public void resume() throws IOException {
    Process started =
        command(
                "postgres",
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=50",
                "-c",
                "shared_buffers=32MB",
                "-c",
                "lc_messages=C")
            .start();
    process = started;
    StringBuilder log = new StringBuilder();
    BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      log.append(line).append('\n');
      if (line.contains("ready to accept connections")) {
        Thread.ofPlatform().daemon().start(() -> lines.lines().forEach(rest -> {}));
        return;
      }
    }
    throw new IOException("PostgreSQL does not start: " + log.toString().strip());
  }

  /** Ends all connections and stops cleanly. */
  public void stop() {
    signal("INT");
  }

  /** Stops at once, as a crash would. */
  public void crash() {
    signal("QUIT");
  }

  private void signal(String name) {
    Process running = process;
    if (running == null) {
      return;
    }
    process = null;
    try {
      new ProcessBuilder("kill", "-s", name, Long.toString(running.pid())).start().waitFor();
      if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (IOException e) {
      running.destroyForcibly();
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  public int port() {
    return port;
  }

  /** The URL of its database, without user and password. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  public String user() {
    return USER;
  }

  public String password() {
    return PASSWORD;
  }

  private void endNow() {
    crash();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(end);
    endNow();
  }
}

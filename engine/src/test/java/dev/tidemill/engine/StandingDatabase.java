package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.streaming.QueryListener;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An engine over a working directory, stepped by hand, with a clock that stands still until it is
 * moved. The database is {@code db} in the working directory.
 */
final class StandingDatabase implements AutoCloseable {
  private final QueryListener listener;
  private final PrintStream out;
  private final FileSystem files;
  private Path work;
  private int threads = 1;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Engine engine;
  private Session session;

  StandingDatabase(Path work) {
    this(work, QueryListener.NONE, System.out);
  }

  /** {@code out} is where tables of the connector print print: a look into the middle of a step. */
  StandingDatabase(Path work, QueryListener listener, PrintStream out) {
    this(work, listener, out, new LocalFileSystem());
  }

  StandingDatabase(Path work, QueryListener listener, PrintStream out, FileSystem files) {
    this.files = files;
    this.work = work;
    this.listener = listener;
    this.out = out;
    this.engine = open();
    this.session = engine.session();
  }

  private Engine open() {
    return Engine.builder()
        .directory(work.resolve("db"))
        .workingDirectory(work)
        .clock(() -> now)
        .files(files)
        .threads(threads)
        .listener(listener)
        .out(out)
        .stepByHand()
        .open();
  }

  Path work() {
    return work;
  }

  Session session() {
    return session;
  }

  StandingQueryRoom standing() {
    return engine.standing();
  }

  void passMillis(long millis) {
    now = now.plusMillis(millis);
  }

  /** Ends cleanly and opens again with so many threads, which stay. */
  void reopen(int otherThreads) {
    threads = otherThreads;
    reopen();
  }

  /** Ends cleanly and opens again. */
  void reopen() {
    close();
    engine = open();
    session = engine.session();
    engine.resumeStored();
  }

  /** Goes on in another directory: what a crash left there. What was open until now is given up. */
  void goOnIn(Path image) {
    close();
    work = image;
    engine = open();
    session = engine.session();
    engine.resumeStored();
  }

  /**
   * A copy of everything, as a crash at this moment would leave it: one during which nothing was
   * written, since snapshots are written in the background.
   */
  Path image(String name) {
    for (int i = 0; ; i++) {
      Path target = work.resolveSibling(i == 0 ? name : name + "." + i);
      try {
        Map<Path, FileTime> before = files();
        for (Path file : before.keySet()) {
          Path copy = target.resolve(work.relativize(file));
          if (Files.isDirectory(file)) {
            Files.createDirectories(copy);
          } else {
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
          }
        }
        if (before.equals(files())) {
          return target;
        }
      } catch (NoSuchFileException gone) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Map<Path, FileTime> files() throws IOException {
    Map<Path, FileTime> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(work)) {
      for (Path file : all.toList()) {
        files.put(file, Files.getLastModifiedTime(file));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return files;
  }

  void run(String... statements) {
    for (String sql : statements) {
      try (Result result = session.execute(sql)) {
        for (Batch batch = result.next(); batch != null; batch = result.next()) {
          batch.close();
        }
      } catch (RuntimeException e) {
        throw new AssertionError(sql, e);
      }
    }
  }

  /** The rows as text, values apart by tabs, in the order they come. */
  List<String> rows(String sql) {
    return SessionRows.of(session, sql);
  }

  List<String> sorted(String sql) {
    List<String> rows = rows(sql);
    Collections.sort(rows);
    return rows;
  }

  /** The one value that a query gives, as text. */
  String value(String sql) {
    return rows(sql).getFirst();
  }

  void step(String... queries) {
    session.step(List.of(queries));
  }

  /** Takes all steps whose triggers say so now. */
  void stepDue() {
    for (int i = 0; i < 100 && stepOnce(); i++) {
      continue;
    }
  }

  /** Whether a step was due. */
  boolean stepOnce() {
    return engine.standing().stepDue();
  }

  String status(String query) {
    return session.progress(query).status().name();
  }

  /** A new file of rows, seen whole. */
  void putFile(String path, String content) {
    Path file = work.resolve(path);
    try {
      Files.createDirectories(file.getParent());
      Path hidden = file.resolveSibling("." + file.getFileName());
      Files.write(hidden, content.getBytes(StandardCharsets.UTF_8));
      Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    session.close();
    engine.close();
  }
}

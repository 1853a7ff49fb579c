package dev.tidemill.connectors.kafka;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** An engine over a database directory. */
final class Database implements AutoCloseable {
  private final boolean byHand;
  private final long memoryBytes;
  private Path directory;
  private Engine engine;
  private Session session;

  Database(Path directory) {
    this(directory, true, 1L << 30);
  }

  /**
   * @param byHand whether steps are only taken when that is said
   */
  Database(Path directory, boolean byHand, long memoryBytes) {
    this.byHand = byHand;
    this.memoryBytes = memoryBytes;
    this.directory = directory;
    open();
  }

  private void open() {
    Engine.Builder builder =
        Engine.builder()
            .directory(directory)
            .workingDirectory(directory.getParent())
            .memory(memoryBytes)
            .threads(2);
    engine = (byHand ? builder.stepByHand() : builder).open();
    session = engine.session();
    engine.resumeStored();
  }

  /** Ends in order and opens again. */
  void reopen() {
    close();
    open();
  }

  /** Goes on in another directory: what a crash left there. */
  void goOnIn(Path image) {
    close();
    directory = image;
    open();
  }

  Path directory() {
    return directory;
  }

  /** A copy of everything, as a crash at this moment would leave it. */
  Path image(String name) {
    Path target = directory.resolveSibling(name);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(directory.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  Session session() {
    return session;
  }

  void run(String... statements) {
    for (String sql : statements) {
      rows(sql);
    }
  }

  /** The rows as text, values apart by tabs, in the order they come. */
  List<String> rows(String sql) {
    List<String> rows = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      for (Batch next = result.next(); next != null; next = result.next()) {
        try (Batch batch = next) {
          for (int i = 0; i < batch.rowCount(); i++) {
            List<String> values = new ArrayList<>();
            for (int c = 0; c < batch.columnCount(); c++) {
              Object value = batch.column(c).value(batch.row(i));
              values.add(ValueFormat.format(batch.column(c).type(), value, result.timeZone()));
            }
            rows.add(String.join("\t", values));
          }
        }
      }
    }
    return rows;
  }

  List<String> sorted(String sql) {
    List<String> rows = rows(sql);
    Collections.sort(rows);
    return rows;
  }

  void step(String... queries) {
    session.step(List.of(queries));
  }

  String status(String query) {
    return session.progress(query).status().name();
  }

  @Override
  public void close() {
    session.close();
    engine.close();
  }
}

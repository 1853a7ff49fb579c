package dev.tidemill.connectors.iceberg;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.storage.file.LocalFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** An engine over a directory, stepped by hand. */
final class TestEngine implements AutoCloseable {
  private Path work;
  private Engine engine;
  private Session session;

  /** What is done at the moments of commits to Iceberg tables. */
  private Consumer<CommitWatch.Moment> watch = moment -> {};

  TestEngine(Path work) {
    this.work = work;
    open();
  }

  private void open() {
    engine =
        Engine.builder()
            .directory(work.resolve("db"))
            .workingDirectory(work)
            .files(CommitWatch.watching(new LocalFileSystem(), moment -> watch.accept(moment)))
            .clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
            .threads(2)
            .stepByHand()
            .open();
    session = engine.session();
  }

  void run(String... statements) {
    for (String sql : statements) {
      try (Result result = session.execute(sql)) {
        for (Batch batch = result.next(); batch != null; batch = result.next()) {
          batch.close();
        }
      }
    }
  }

  /** The error of a statement. */
  TidemillException fails(String sql) {
    return Assertions.assertThrows(TidemillException.class, () -> run(sql), sql);
  }

  /** The rows as text, values apart by bars, sorted. */
  List<String> rows(String sql) {
    List<String> rows = lines(sql);
    Collections.sort(rows);
    return rows;
  }

  List<String> lines(String sql) {
    List<String> rows = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      for (Batch next = result.next(); next != null; next = result.next()) {
        try (Batch batch = next) {
          for (int i = 0; i < batch.rowCount(); i++) {
            List<String> values = new ArrayList<>();
            for (int c = 0; c < batch.columnCount(); c++) {
              Object value = batch.column(c).value(batch.row(i));
              values.add(
                  value == null
                      ? "NULL"
                      : ValueFormat.format(batch.column(c).type(), value, result.timeZone()));
            }
            rows.add(String.join("|", values));
          }
        }
      }
    }
    return rows;
  }

  void step(String... queries) {
    session.step(List.of(queries));
  }

  /** Ends cleanly and opens again. */
  void reopen() {
    close();
    open();
    engine.resumeStored();
  }

  /** Goes on from a copy of the directory: what a crash left there. */
  void goOnIn(Path image) {
    close();
    work = image;
    open();
    engine.resumeStored();
  }

  /** Goes on from a copy that is put in the place of what there is: paths stay as they were. */
  void restore(Path image) {
    close();
    watch = moment -> {};
    try {
      Files.move(work, work.resolveSibling(image.getFileName() + "-before"));
      Files.move(image, work);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open();
    engine.resumeStored();
  }

  /** Says what is done at the moments of the next commits. */
  void watch(Consumer<CommitWatch.Moment> done) {
    watch = done;
  }

  /** A copy of everything, as a crash at this moment would leave it. */
  Path image(String name) {
    Path target = work.resolveSibling(name);
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(work.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  /** A new file of rows, seen whole. */
  void putFile(String path, String content) {
    Path file = work.resolve(path);
    try {
      Files.createDirectories(file.getParent());
      Path hidden = file.resolveSibling("." + file.getFileName());
      Files.writeString(hidden, content);
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

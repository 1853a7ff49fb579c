package dev.tidemill.connectors.jdbc;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.ValueFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** An engine over a directory, stepped by hand. */
final class TestEngine implements AutoCloseable {
  private final PrintStream out;
  private @Nullable Path crashed;
  private Path work;
  private Engine engine;
  private Session session;

  TestEngine(Path work) {
    this.work = work;
    this.out = System.out;
    open();
  }

  /**
   * Takes an image of everything when a table of the connector print prints such a text: {@link
   * #crashed()}.
   */
  TestEngine(Path work, String printed) {
    this.work = work;
    this.out =
        new PrintStream(OutputStream.nullOutputStream()) {
          @Override
          public void print(Object lines) {
            crashed = lines.toString().contains(printed) ? image("crash") : crashed;
          }
        };
    open();
  }

  /** What a crash in the middle of the last step that printed the text leaves. */
  Path crashed() {
    return Objects.requireNonNull(crashed);
  }

  private void open() {
    engine =
        Engine.builder()
            .directory(work.resolve("db"))
            .workingDirectory(work)
            .clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
            .threads(2)
            .out(out)
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

  String status(String query) {
    return session.progress(query).status().name();
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

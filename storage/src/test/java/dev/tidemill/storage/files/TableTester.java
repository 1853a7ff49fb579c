package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.foundation.type.Types;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A directory with files and tables over them. Memory is checked at {@link #close}. */
public final class TableTester implements AutoCloseable {
  /** What tables and readers are charged to. */
  public final MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);

  private final Path directory;
  private final @Nullable Path database;
  private FileSystem fileSystem = new LocalFileSystem();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  public TableTester(Path directory, @Nullable Path database) {
    this.directory = directory;
    this.database = database;
  }

  public void use(FileSystem other) {
    fileSystem = other;
  }

  public void passSeconds(long seconds) {
    now = now.plusSeconds(seconds);
  }

  public ConnectorContext context() {
    InstantSource clock = () -> now;
    return new ConnectorContext(
        fileSystem,
        directory,
        database,
        clock,
        new PrintStream(PrintStream.nullOutputStream()),
        scope);
  }

  /**
   * Columns as {@code "a BIGINT, b VARCHAR NOT NULL"}; empty to infer them. Options as key, value,
   * key, value.
   */
  public Table table(String columns, String... options) {
    return new FilesConnector().open(definition("t", "files", columns, options), context());
  }

  public static TableDefinition definition(
      String name, String connector, String columns, String... options) {
    List<TableDefinition.ColumnDefinition> list = new ArrayList<>();
    for (String column : columns.isEmpty() ? new String[0] : columns.split(", (?![^(]*\\))", -1)) {
      String type = column.substring(column.indexOf(' ') + 1);
      boolean nullable = !type.endsWith(" NOT NULL");
      list.add(
          new TableDefinition.ColumnDefinition(
              column.substring(0, column.indexOf(' ')),
              Types.parse(type.replace(" NOT NULL", "")),
              nullable,
              null));
    }
    Map<String, String> map = new HashMap<>();
    map.put("connector", connector);
    for (int i = 0; i < options.length; i += 2) {
      map.put(options[i], options[i + 1]);
    }
    return new TableDefinition(name, list, null, List.of(), false, map, columns + map.get("path"));
  }

  /** Puts a file as a careful writer does: whole, by renaming. */
  public Path put(String name, String content) {
    return put(name, content.getBytes(StandardCharsets.UTF_8));
  }

  public Path put(String name, byte[] content) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
      Files.write(temporary, content);
      return Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public Path put(String name, String content, long modifiedSeconds) {
    Path file = put(name, content);
    try {
      Files.setLastModifiedTime(file, FileTime.from(modifiedSeconds, TimeUnit.SECONDS));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file;
  }

  public static List<String> types(Table table) {
    return table.schema().getFields().stream()
        .map(f -> f.getName() + " " + ArrowTypes.type(f).sql())
        .toList();
  }

  public List<List<@Nullable Object>> all(Table table) {
    return rows(table, table.start(), table.end());
  }

  public List<List<@Nullable Object>> rows(Table table, Offset from, Offset to) {
    return rows(table, ColumnNames.names(table.schema()), from, to);
  }

  public List<List<@Nullable Object>> rows(
      Table table, List<String> columns, Offset from, Offset to) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    ScanRequest request = new ScanRequest(columns, from, to, List.of(), -1);
    for (Split split : table.splits(request)) {
      rows.addAll(read(table, split, request));
    }
    return rows;
  }

  public List<List<@Nullable Object>> read(Table table, Split split, ScanRequest request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (BatchReader reader = table.open(split, request, scope)) {
      for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
        try (Batch open = batch) {
          rows.addAll(Batches.toRows(open));
        }
      }
    }
    return rows;
  }

  /** Writes one step. */
  public void step(
      TableSink sink, Table table, long step, SinkMode mode, List<? extends List<?>> rows) {
    try (TableSink.StepWriter writer = sink.begin(step, mode, scope)) {
      write(writer, table, rows, RowOperation.INSERT);
      writer.commit();
    }
  }

  public void write(
      TableSink.StepWriter writer,
      Table table,
      List<? extends List<?>> rows,
      RowOperation operation) {
    List<Type> types = ArrowTypes.types(table.schema());
    try (Batch batch = Batches.fromRows(types, rows, scope)) {
      writer.write(batch, operation);
    }
  }

  public String read(String name) {
    try {
      return Files.readString(directory.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public Path path(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() {
    scope.close();
  }
}

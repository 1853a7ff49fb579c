package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileSystem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The files of a step: rows are divided by partition, and by size. None is there before {@link
 * #commit}, which puts them in their places one by one.
 *
 * <p>Rows of partitions are kept in memory until there are many of them, since a file that is open
 * takes much more; so a step has more files than it must only where it has more partitions than can
 * be open. One thread.
 */
final class StepFiles implements AutoCloseable {
  private static final long KEPT_BYTES = 64L << 20;
  private static final int OPEN_FILES = 32;

  /** Whole files that are held back; what is more is put in its place before the step's end. */
  private static final int WHOLE_FILES = 256;

  /** Where a file is bounded by bytes, they are looked at after so many rows. */
  private static final int LOOKED_AT = 256;

  private final FileSystem fileSystem;
  private final String directory;
  private final FileLayout layout;
  private final Schema inFiles;
  private final int[] fileColumns;
  private final @Nullable PartitionRows partitions;
  private final boolean pending;
  private final long number;
  private final MemoryScope scope;

  private final Map<String, Partition> byName = new LinkedHashMap<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final Deque<Whole> whole = new ArrayDeque<>();
  private final List<Manifest.Part> parts = new ArrayList<>();
  private long keptBytes;
  private boolean committed;

  private static final class Partition {
    final String name;
    final Deque<Batch> kept = new ArrayDeque<>();
    long bytes;
    @Nullable OpenFile open;

    Partition(String name) {
      this.name = name;
    }
  }

  /** A file that is finished but for its place. */
  private record Whole(FileOutput output, Manifest.Part part) {}

  private static final class OpenFile {
    final String name;
    final FileOutput output;
    final FileWriter writer;
    long rows;

    OpenFile(String name, FileOutput output, FileWriter writer) {
      this.name = name;
      this.output = output;
      this.writer = writer;
    }

    void close() {
      writer.close();
      output.close();
    }
  }

  /**
   * @param rows the columns of rows, those of partitions too
   * @param pending whether others shall not see the files
   * @param number in the files' names
   */
  StepFiles(
      FileSystem fileSystem,
      String directory,
      FileLayout layout,
      Schema rows,
      boolean pending,
      long number,
      MemoryScope scope) {
    this.fileSystem = fileSystem;
    this.directory = directory;
    this.layout = layout;
    this.inFiles = layout.inFiles(rows);
    this.pending = pending;
    this.number = number;
    this.scope = scope;
    this.partitions =
        layout.isPartitioned() ? new PartitionRows(rows, layout.partitionedBy()) : null;
    List<String> all = ColumnNames.names(rows);
    this.fileColumns = ColumnNames.names(inFiles).stream().mapToInt(all::indexOf).toArray();
  }

  /** Adds rows; the batch is borrowed. */
  void write(Batch batch) {
    if (partitions == null) {
      append(partition(""), batch);
      return;
    }
    partitions.divide(batch, (name, rows) -> keep(partition(name), batch, rows));
    long most = Math.min(KEPT_BYTES, Math.max(1 << 20, scope.available() / 8));
    while (keptBytes > most) {
      Partition biggest = byName.values().iterator().next();
      for (Partition one : byName.values()) {
        biggest = one.bytes > biggest.bytes ? one : biggest;
      }
      appendKept(biggest);
    }
  }

  private Partition partition(String name) {
    return byName.computeIfAbsent(name, Partition::new);
  }

  private void keep(Partition partition, Batch batch, Selection rows) {
    List<Column> columns = new ArrayList<>(fileColumns.length);
    try {
      for (int column : fileColumns) {
        columns.add(Columns.compact(batch.column(column), rows, scope));
      }
    } catch (RuntimeException | Error e) {
      columns.forEach(Column::close);
      throw e;
    }
    Batch own = new Batch(rows.count(), columns);
    partition.kept.add(own);
    partition.bytes += own.bytes();
    keptBytes += own.bytes();
  }

  private void appendKept(Partition partition) {
    while (!partition.kept.isEmpty()) {
      try (Batch batch = partition.kept.removeFirst()) {
        keptBytes -= batch.bytes();
        append(partition, batch);
      }
    }
    partition.bytes = 0;
  }

  /** Adds rows of the columns that stand in files. */
  private void append(Partition partition, Batch batch) {
    int count = batch.rowCount();
    for (int from = 0; from < count; ) {
      OpenFile open = opened(partition);
      long room = layout.maxFileRows() - open.rows;
      int most = layout.maxFileBytes() == Long.MAX_VALUE ? count : LOOKED_AT;
      int some = (int) Math.min(Math.min(room, most), count - from);
      if (some == count) {
        open.writer.write(batch);
      } else {
        int[] rows = new int[some];
        for (int i = 0; i < some; i++) {
          rows[i] = batch.row(from + i);
        }
        try (Batch part = batch.select(new Selection(rows, some))) {
          open.writer.write(part);
        }
      }
      open.rows += some;
      from += some;
      if (open.rows >= layout.maxFileRows()
          || open.output.position() + open.writer.bufferedBytes() >= layout.maxFileBytes()) {
        finish(partition, open);
      }
    }
  }

  private OpenFile opened(Partition partition) {
    OpenFile open = partition.open;
    if (open == null) {
      finishOneOfMany();
      int index = indexes.merge(partition.name, 1, Integer::sum) - 1;
      String name = PartNames.of(partition.name, number, index, layout.extension(), pending);
      FileOutput output =
          layout.compression().compressing(fileSystem.create(directory + "/" + name));
      try {
        open = new OpenFile(name, output, layout.format().writer(output, inFiles, scope));
      } catch (RuntimeException | Error e) {
        output.close();
        throw e;
      }
      partition.open = open;
    }
    return open;
  }

  /** Finishes the file with the most rows where as many are open as may be. */
  private void finishOneOfMany() {
    int count = 0;
    Partition fullest = null;
    for (Partition one : byName.values()) {
      if (one.open != null) {
        count++;
        if (fullest == null || fullest.open == null || one.open.rows > fullest.open.rows) {
          fullest = one;
        }
      }
    }
    if (count >= OPEN_FILES && fullest != null && fullest.open != null) {
      finish(fullest, fullest.open);
    }
  }

  private void finish(Partition partition, OpenFile open) {
    open.writer.finish();
    open.output.finish();
    whole.add(
        new Whole(open.output, Manifest.Part.of(open.name, open.output.position(), open.rows)));
    open.writer.close();
    partition.open = null;
    if (whole.size() > WHOLE_FILES) {
      place(whole.removeFirst());
    }
  }

  private void place(Whole file) {
    file.output.commit();
    parts.add(file.part);
  }

  /** Puts all files in their places, durably; what they are. */
  List<Manifest.Part> commit() {
    for (Partition partition : byName.values()) {
      appendKept(partition);
      if (partition.open != null) {
        finish(partition, partition.open);
      }
    }
    whole.forEach(this::place);
    committed = true;
    return parts;
  }

  @Override
  public void close() {
    for (Partition partition : byName.values()) {
      partition.kept.forEach(Batch::close);
      partition.kept.clear();
      if (partition.open != null) {
        partition.open.close();
        partition.open = null;
      }
    }
    whole.forEach(file -> file.output.close());
    whole.clear();
    if (!committed) {
      parts.forEach(part -> fileSystem.delete(directory + "/" + part.name()));
      parts.clear();
    }
  }
}

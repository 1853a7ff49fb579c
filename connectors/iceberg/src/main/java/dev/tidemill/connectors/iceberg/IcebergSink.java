package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileLock;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table step by step, each step one snapshot. The step's number stands in the snapshot's
 * summary and, since snapshots expire, in a property of the table that is set in the same commit:
 *
 * <pre>
 *   data/tidemill-&lt;writer&gt;-7-….parquet    written whole, named by nobody
 *   metadata/v9.metadata.json             names them, and says tidemill.step.&lt;writer&gt; = 7
 * </pre>
 *
 * <p>So a crash leaves files that no snapshot names, which the writer deletes when it opens the
 * sink again, or the step. A commit that somebody else was faster with is made again on top, as the
 * table's properties {@code commit.retry.*} say. INSERT has no number: it writes like any client.
 *
 * <p>In UPDATE mode a step's keys are written to an equality delete file, and what they are now to
 * data files: the snapshot removes what older ones have of the keys. Of a table with partitions
 * these are functions of the key, so that a delete file a partition finds them.
 */
final class IcebergSink implements TableSink {
  static final String STEP_PROPERTY = "tidemill.step.";
  static final String WRITER = "tidemill.writer";
  static final String STEP = "tidemill.step";
  private static final String FILE = "tidemill-";

  private final DirectoryTable directory;
  private final List<IcebergColumn> columns;
  private final List<IcebergColumn> key;
  private final String writer;
  private final Writability writability;
  private final @Nullable FileLock lock;

  /** The last step that was committed, as far as is known. */
  private long known = -1;

  /** Whether a commit's outcome is not known. */
  private boolean isUnknown;

  IcebergSink(
      DirectoryTable directory,
      List<IcebergColumn> columns,
      List<IcebergColumn> key,
      String writer) {
    this.directory = directory;
    this.columns = columns;
    this.key = key;
    this.writer = writer;
    this.writability = new Writability(directory.path(), columns, key);
    writability.requireColumns(directory.newest());
    if (writer.equals(INSERT)) {
      this.lock = null;
      return;
    }
    this.lock =
        directory
            .files()
            .lock(
                "%s/metadata/.%s%s.lock".formatted(directory.path(), FILE, writerId()),
                "the writer '" + writer + "'");
    try {
      known = lastStep(directory.newest());
      directory.guard(this::requireOwn);
      deleteOrphans();
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** The writer in names of files. */
  private String writerId() {
    return UUID.nameUUIDFromBytes(writer.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private long lastStep(TableMetadata metadata) {
    String noted = metadata.properties().get(STEP_PROPERTY + writer);
    if (noted != null) {
      return Long.parseLong(noted);
    }
    for (Snapshot at = metadata.currentSnapshot();
        at != null;
        at = at.parentId() == null ? null : metadata.snapshot(at.parentId())) {
      String step = at.summary().get(STEP);
      if (step != null && writer.equals(at.summary().get(WRITER))) {
        return Long.parseLong(step);
      }
    }
    return -1;
  }

  /** Looks, in each attempt to commit, that nobody else has committed as this writer. */
  private void requireOwn(TableMetadata base) {
    long found = lastStep(base);
    if (found != known) {
      throw IcebergErrors.fenced(directory.path(), writer, known, found);
    }
  }

  /** Deletes files of steps that were not committed; the lock says that nobody commits them now. */
  private void deleteOrphans() {
    String prefix = FILE + writerId() + "-";
    for (FileStatus file : directory.files().list(directory.path() + "/data", name -> true)) {
      if (file.name().startsWith(prefix)) {
        String rest = file.name().substring(prefix.length());
        int end = rest.indexOf('-');
        if (end > 0 && isAfter(rest.substring(0, end), known)) {
          directory.files().delete(file.path());
        }
      }
    }
  }

  private static boolean isAfter(String step, long committed) {
    return step.matches("[0-9]{1,18}") && Long.parseLong(step) > committed;
  }

  @Override
  public long lastStep() {
    if (isUnknown) {
      known = lastStep(directory.newest());
      isUnknown = false;
    }
    return known;
  }

  @Override
  public StepWriter begin(long step, SinkMode mode, MemoryScope scope) {
    if (!writer.equals(INSERT) && step <= lastStep()) {
      throw new IllegalArgumentException("step " + step + " after step " + known);
    }
    TableMetadata metadata = directory.newest();
    writability.require(metadata, mode);
    return new Writer(step, mode, metadata, scope);
  }

  @Override
  public void end() {
    // A table of snapshots has no end.
  }

  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
  }

  private final class Writer implements StepWriter {
    private final long step;
    private final SinkMode mode;
    private final PartitionSpec spec;
    private final StepFiles rows;

    /** Of UPDATE. */
    private final @Nullable StepFiles keys;

    /** Whether the files are the table's, or may be. */
    private boolean isKept;

    Writer(long step, SinkMode mode, TableMetadata metadata, MemoryScope scope) {
      this.step = step;
      this.mode = mode;
      this.spec = metadata.spec();
      String name =
          "%s%s-%d-%s"
              .formatted(FILE, writerId(), step, UUID.randomUUID().toString().substring(0, 8));
      this.rows = new StepFiles(directory, metadata, columns, spec, name, scope);
      this.keys =
          mode == SinkMode.UPDATE
              ? new StepFiles(directory, metadata, key, spec, name + "-deletes", scope)
              : null;
    }

    @Override
    public void write(Batch batch, RowOperation operation) {
      StepFiles removed = keys;
      if (removed != null) {
        List<Column> columnsOfKey = new ArrayList<>();
        for (IcebergColumn column : key) {
          columnsOfKey.add(batch.column(columns.indexOf(column)).retain());
        }
        try (Batch keysOfRows = batch.withColumns(columnsOfKey)) {
          removed.write(keysOfRows);
        }
      }
      if (operation != RowOperation.DELETE) {
        rows.write(batch);
      }
    }

    @Override
    public void commit() {
      List<DataFile> added = new ArrayList<>();
      for (StepFiles.Finished file : rows.finish()) {
        added.add(dataFile(file));
      }
      List<DeleteFile> removed = new ArrayList<>();
      if (keys != null) {
        for (StepFiles.Finished file : keys.finish()) {
          removed.add(deleteFile(file));
        }
      }
      boolean isInsert = writer.equals(INSERT);
      if (isInsert && added.isEmpty() && mode != SinkMode.COMPLETE) {
        return;
      }
      try {
        Transaction transaction =
            new BaseTable(directory, directory.path(), report -> {}).newTransaction();
        if (!isInsert) {
          transaction.updateProperties().set(STEP_PROPERTY + writer, Long.toString(step)).commit();
        }
        stage(transaction, added, removed);
        transaction.commitTransaction();
      } catch (CommitStateUnknownException e) {
        isKept = true;
        isUnknown = true;
        throw e.getCause() instanceof TidemillException cause
            ? cause
            : IcebergErrors.commit(directory.path(), e);
      } catch (CommitFailedException e) {
        throw IcebergErrors.commit(directory.path(), e);
      } catch (TidemillException e) {
        throw e;
      } catch (RuntimeException e) {
        throw IcebergErrors.refused(directory.path(), e);
      }
      isKept = true;
      known = isInsert ? known : step;
    }

    /** What becomes of the rows; a step without any only notes its number. */
    private void stage(Transaction transaction, List<DataFile> added, List<DeleteFile> removed) {
      switch (mode) {
        case APPEND -> {
          if (!added.isEmpty()) {
            AppendFiles append = transaction.newAppend();
            added.forEach(append::appendFile);
            noted(append).commit();
          }
        }
        case COMPLETE -> {
          OverwriteFiles overwrite =
              transaction.newOverwrite().overwriteByRowFilter(Expressions.alwaysTrue());
          added.forEach(overwrite::addFile);
          noted(overwrite).commit();
        }
        case UPDATE -> {
          if (!added.isEmpty() || !removed.isEmpty()) {
            RowDelta delta = transaction.newRowDelta();
            added.forEach(delta::addRows);
            removed.forEach(delta::addDeletes);
            noted(delta).commit();
          }
        }
      }
    }

    private <T extends SnapshotUpdate<T>> T noted(T update) {
      return update.set(WRITER, writer).set(STEP, Long.toString(step));
    }

    private DataFile dataFile(StepFiles.Finished file) {
      DataFiles.Builder described =
          DataFiles.builder(spec)
              .withPath(file.path())
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(file.bytes())
              .withMetrics(file.metrics());
      if (file.partition() != null) {
        described.withPartition(file.partition());
      }
      return described.build();
    }

    private DeleteFile deleteFile(StepFiles.Finished file) {
      FileMetadata.Builder described =
          FileMetadata.deleteFileBuilder(spec)
              .ofEqualityDeletes(
                  key.stream().mapToInt(column -> column.field().fieldId()).toArray())
              .withPath(file.path())
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(file.bytes())
              .withMetrics(file.metrics());
      if (file.partition() != null) {
        described.withPartition(file.partition());
      }
      return described.build();
    }

    @Override
    public void close() {
      rows.close();
      if (keys != null) {
        keys.close();
      }
      if (!isKept) {
        rows.forget();
        if (keys != null) {
          keys.forget();
        }
      }
    }
  }
}

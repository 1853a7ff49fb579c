package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileLock;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes a directory of files step by step. The files of a step are put in place whole ({@link
 * StepFiles}), and then comes one line of the {@link Manifest}, which is what makes them visible to
 * us; so a crash leaves either no trace or files that no line names, which are deleted when the
 * directory is next opened for writing.
 *
 * <pre>
 *   begin(7)   .part-0000000005.json.tmp       grows
 *   commit()   part-0000000005.json            synced, renamed, directory synced
 *              _tidemill/manifest-….log        {"writer":"q","step":7,…} appended, synced
 *              small files merged              where the table says so: {@link SmallFiles}
 * </pre>
 *
 * <p>In UPDATE mode each row has two columns more: {@code op} (I, U or D) and {@code step}. In
 * COMPLETE mode the line says that the rows before it are gone. Files that are no longer the
 * table's are deleted a minute later, so that who began to read them can end.
 */
final class FilesSink implements TableSink {
  static final String OPERATION = "op";
  static final String STEP = "step";
  private static final long READERS_MILLIS = 60_000;
  private static final int LINES_PER_GENERATION = 256;

  private final FilesTableOptions options;
  private final FileSystem fileSystem;
  private final String directory;
  private final Schema schema;
  private final String writer;
  private final FileLock lock;
  private final Deque<Replaced> replaced = new ArrayDeque<>();

  private Manifest manifest = Manifest.EMPTY;
  private @Nullable ChecksumLog log;
  private boolean replaces;

  private record Replaced(String path, long sinceMillis) {}

  FilesSink(FilesTableOptions options, Schema schema, String writer) {
    this.options = options;
    this.fileSystem = options.fileSystem();
    this.directory = options.pattern().path();
    this.schema = schema;
    this.writer = writer;
    checkOwn(fileSystem.list(directory));
    this.lock =
        fileSystem.lock(
            directory + "/" + Manifest.DIRECTORY + "/lock", "the writer '" + writer + "'");
    try {
      load();
      replaces =
          options.existing() == FilesTableOptions.Existing.REPLACE
              && !manifest.writers().containsKey(writer)
              && manifest.commits() > 0;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void load() {
    Manifest kept = Manifest.read(fileSystem, directory, Manifest.EMPTY);
    List<FileStatus> files = fileSystem.list(directory);
    if (kept == null) {
      checkOwn(files);
      kept = Manifest.EMPTY.compact(fileSystem, directory);
    }
    manifest = kept;
    for (FileStatus old : fileSystem.list(directory + "/" + Manifest.DIRECTORY)) {
      long generation = Manifest.generation(old.name());
      if (generation >= 0 && generation < manifest.generation()) {
        fileSystem.delete(old.path());
      }
    }
    String path = manifest.logPath(directory);
    log = ChecksumLog.append(fileSystem, path, ChecksumLog.read(fileSystem, path));
    Manifest.Commit missing = SmallFiles.recover(fileSystem, directory, manifest);
    if (missing != null) {
      append(missing);
    }
    fileSystem.deleteTemporaries(directory);
    fileSystem.deleteTemporaries(directory + "/" + Manifest.DIRECTORY);
    for (String partition : manifest.partitions()) {
      if (!partition.isEmpty()) {
        fileSystem.deleteTemporaries(directory + "/" + partition);
      }
      fileSystem.deleteTemporaries(directory + "/" + PartNames.PENDING_DIRECTORY + partition);
    }
    noteReplaced();
  }

  /** Checks that the directory is a table's, or empty. */
  private void checkOwn(List<FileStatus> files) {
    if (!files.isEmpty() && Manifest.read(fileSystem, directory, manifest) == null) {
      throw FilesErrors.foreignFiles(directory, files.getFirst().name());
    }
  }

  /**
   * Files of ours that the manifest does not name: what a crash has left of a step goes at once,
   * others may still be read.
   */
  private void noteReplaced() {
    Set<String> live = new HashSet<>();
    replaced.clear();
    manifest.files().forEach(part -> live.add(directory + "/" + part.name()));
    List<FileStatus> files = new ArrayList<>(fileSystem.list(directory, PathColumns::isOne));
    String pending = directory + "/" + PartNames.PENDING_DIRECTORY;
    files.addAll(fileSystem.list(pending.substring(0, pending.length() - 1), PathColumns::isOne));
    for (FileStatus file : files) {
      long number = PartNames.number(file.path());
      if (number >= manifest.commits()) {
        fileSystem.delete(file.path());
      } else if (number >= 0 && !live.contains(file.path())) {
        replaced.add(new Replaced(file.path(), options.clock().millis()));
      }
    }
  }

  @Override
  public long lastStep() {
    return manifest.writers().getOrDefault(writer, -1L);
  }

  @Override
  public StepWriter begin(long step, SinkMode mode, MemoryScope scope) {
    if (log == null) {
      load();
    }
    if (step <= lastStep()) {
      throw new IllegalArgumentException("step " + step + " after step " + lastStep());
    }
    if (!replaces) {
      if (manifest.ended()) {
        throw FilesErrors.endedSink(directory);
      }
      SinkMode before = manifest.mode();
      if (before != null && before != mode) {
        throw FilesErrors.otherMode(directory, before.name(), mode.name());
      }
    }
    return mode == SinkMode.UPDATE
        ? new ChangelogWriter(step, scope)
        : new RowWriter(step, mode, schema, scope);
  }

  /** What merges files of rows as this mode writes them. */
  private SmallFiles smallFiles(SinkMode mode) {
    return new SmallFiles(
        fileSystem,
        directory,
        options.layout(),
        options.layout().inFiles(mode == SinkMode.UPDATE ? withOperation(schema) : schema),
        () -> manifest,
        this::append);
  }

  private static Schema withOperation(Schema schema) {
    List<Field> fields = new ArrayList<>(schema.getFields());
    for (String name : List.of(OPERATION, STEP)) {
      if (ColumnNames.indexOf(ColumnNames.names(schema), name) >= 0) {
        throw FilesErrors.reservedColumn(name);
      }
    }
    fields.add(ArrowTypes.field(OPERATION, Type.VARCHAR, false));
    fields.add(ArrowTypes.field(STEP, Type.BIGINT, false));
    return new Schema(fields);
  }

  private void append(Manifest.Commit commit) {
    ChecksumLog current = log;
    if (current == null) {
      load();
      current = log;
    }
    if (current == null) {
      throw new IllegalStateException("no log");
    }
    List<Manifest.Part> before = manifest.files();
    try {
      current.append(Manifest.line(commit));
    } catch (RuntimeException e) {
      log = null;
      current.close();
      throw e;
    }
    manifest = manifest.with(commit, current.size());
    if (commit.replace()) {
      replaces = false;
      before.forEach(part -> replaced(part.name()));
    }
    if (commit.merged() != null) {
      commit.merged().forEach(this::replaced);
    }
  }

  private void replaced(String name) {
    replaced.add(new Replaced(directory + "/" + name, options.clock().millis()));
  }

  /**
   * What may be done after a commit. Where it fails the rows are committed all the same: it is done
   * after the next.
   */
  private void tidy(SinkMode mode) {
    try {
      if (mode != SinkMode.COMPLETE) {
        smallFiles(mode).tidy(options.clock().millis());
      }
      compact();
      deleteReplaced();
    } catch (TidemillException later) {
      forgetWhatIsOpen();
    }
  }

  /** Something failed half-way: what there is now is looked at before anything else is written. */
  private void forgetWhatIsOpen() {
    ChecksumLog open = log;
    log = null;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Begins a new generation of the manifest when the log has grown as long as what a new one would
   * begin with.
   */
  private void compact() {
    if (manifest.lines() < Math.max(LINES_PER_GENERATION, manifest.files().size())) {
      return;
    }
    String old = manifest.logPath(directory);
    if (log != null) {
      log.close();
      log = null;
    }
    // should this fail half-way, the next step loads what there is, since readers too go by the
    // newest generation
    Manifest next = manifest.compact(fileSystem, directory);
    String path = next.logPath(directory);
    log = ChecksumLog.append(fileSystem, path, ChecksumLog.read(fileSystem, path));
    manifest = next;
    fileSystem.delete(old);
  }

  private void deleteReplaced() {
    long now = options.clock().millis();
    while (!replaced.isEmpty() && replaced.getFirst().sinceMillis() + READERS_MILLIS <= now) {
      Replaced oldest = replaced.getFirst();
      fileSystem.delete(oldest.path());
      replaced.removeFirst();
    }
  }

  @Override
  public boolean hasEnded() {
    if (log == null) {
      load();
    }
    return manifest.ended();
  }

  @Override
  public void end() {
    if (log == null) {
      load();
    }
    if (!manifest.ended()) {
      SinkMode mode = manifest.mode();
      if (mode != null) {
        publishAll(mode);
      }
      append(Manifest.Commit.ending());
    }
  }

  private void publishAll(SinkMode mode) {
    try {
      smallFiles(mode).publishAll();
    } catch (RuntimeException e) {
      forgetWhatIsOpen();
      throw e;
    }
  }

  @Override
  public void close() {
    forgetWhatIsOpen();
    lock.close();
  }

  /** The rows of a step, written to its files as they come. */
  private class RowWriter implements StepWriter {
    private final long step;
    private final SinkMode mode;
    private final boolean pending;
    final MemoryScope scope;
    private final StepFiles files;

    RowWriter(long step, SinkMode mode, Schema columns, MemoryScope scope) {
      this.step = step;
      this.mode = mode;
      this.pending = options.layout().gathers() && mode != SinkMode.COMPLETE;
      this.scope = scope;
      this.files =
          new StepFiles(
              fileSystem, directory, options.layout(), columns, pending, manifest.commits(), scope);
    }

    @Override
    public void write(Batch batch, RowOperation operation) {
      if (batch.rowCount() > 0) {
        checkNotNull(batch);
        files.write(batch);
      }
    }

    private void checkNotNull(Batch batch) {
      for (int i = 0; i < schema.getFields().size(); i++) {
        Column column = batch.column(i);
        if (schema.getFields().get(i).isNullable() || !column.mayHaveNulls()) {
          continue;
        }
        for (int row = 0; row < batch.rowCount(); row++) {
          if (column.isNull(batch.row(row))) {
            throw FilesErrors.notNull(schema.getFields().get(i).getName());
          }
        }
      }
    }

    @Override
    public void commit() {
      List<Manifest.Part> parts = committed();
      if (pending) {
        String signature = smallFiles(mode).signature();
        long now = options.clock().millis();
        parts = parts.stream().map(part -> part.pending(0, now, signature)).toList();
      }
      boolean replacing = mode == SinkMode.COMPLETE || replaces;
      append(Manifest.Commit.step(writer, step, mode, replacing, parts));
      tidy(mode);
    }

    private List<Manifest.Part> committed() {
      try {
        return files.commit();
      } catch (RuntimeException e) {
        forgetWhatIsOpen();
        throw e;
      }
    }

    @Override
    public void close() {
      files.close();
    }
  }

  /** The rows of a step with what became of them. */
  private final class ChangelogWriter extends RowWriter {
    private final long step;

    ChangelogWriter(long step, MemoryScope scope) {
      super(step, SinkMode.UPDATE, withOperation(schema), scope);
      this.step = step;
    }

    @Override
    public void write(Batch batch, RowOperation operation) {
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(batch.column(i).retain());
      }
      String text =
          switch (operation) {
            case INSERT -> "I";
            case UPDATE -> "U";
            case DELETE -> "D";
          };
      columns.add(Columns.constant(Type.VARCHAR, text, batch.length(), scope));
      columns.add(Columns.constant(Type.BIGINT, step, batch.length(), scope));
      try (Batch changes = batch.withColumns(columns)) {
        super.write(changes, operation);
      }
    }
  }
}

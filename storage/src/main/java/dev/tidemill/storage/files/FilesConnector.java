package dev.tidemill.storage.files;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.files.FilesTableOptions.Existing;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** {@code 'connector'='files'}: tables over a file, a pattern or a directory. */
public final class FilesConnector implements Connector {
  /** So many files are opened to work out columns. */
  private static final int INFERRED_FROM = 64;

  private final FileFormats formats = new FileFormats();
  private final Map<Kept, WeakReference<FileSet>> kept = new HashMap<>();

  /** What tells kept sets of files apart: the log, the definition, the path. */
  private record Kept(String log, String table, String path) {}

  @Override
  public String name() {
    return "files";
  }

  @Override
  public List<ConnectorOption> options() {
    List<ConnectorOption> options = new ArrayList<>();
    options.add(
        new ConnectorOption(
            "path",
            true,
            "a file, a directory (the files in it), or a pattern with *, ?, [], {} and **"));
    options.add(
        new ConnectorOption(
            "format",
            false,
            "%s; by default what the files' names say"
                .formatted(String.join(", ", formats.names()))));
    options.add(
        new ConnectorOption("bounded", false, "whether no files will come: false by default"));
    options.add(
        new ConnectorOption(
            "static", false, "whether standing queries read it once: false by default"));
    options.add(
        new ConnectorOption(
            "growing",
            false,
            "whether the files themselves grow (logs), line by line: false by default"));
    options.add(
        new ConnectorOption(
            "hive_partitioning",
            false,
            "whether directories named day=2026-01-01 below the path are looked into and give column day its value: true by"
                + " default"));
    options.add(
        new ConnectorOption(
            "order_by",
            false,
            "the order of files found at one time: mtime (then name; default) or name"));
    options.add(
        new ConnectorOption(
            "on_error",
            false,
            "what a row that cannot be read does: fail (default), or skip, which keeps it in TABLE$rejected"));
    options.add(
        new ConnectorOption(
            "existing",
            false,
            "what a new writer does with rows of another one: append (default; refused once that one has ended) or"
                + " replace"));
    options.addAll(FileLayout.connectorOptions());
    options.add(
        new ConnectorOption(
            Compression.OPTION,
            false,
            "of files written: CSV and JSON none (default), gzip or zstd; Parquet zstd (default), snappy or none"));
    options.addAll(ChangelogOptions.options());
    for (FileFormatProvider provider : formats.providers().values()) {
      for (ConnectorOption option : provider.options()) {
        if (!option.name().equals(Compression.OPTION)) {
          options.add(option);
        }
      }
    }
    return options;
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    FileSystem fileSystem = context.files();
    OptionReader options = new OptionReader(this, definition);
    FilePattern pattern =
        FilePattern.of(
            fileSystem,
            options.required("path"),
            context.workingDirectory(),
            options.flag("hive_partitioning", true));
    boolean growing = options.flag("growing", false);
    boolean byName = options.choice("order_by", "mtime", List.of("mtime", "name")).equals("name");
    boolean skips = options.choice("on_error", "fail", List.of("fail", "skip")).equals("skip");
    Existing existing =
        Existing.valueOf(
            options
                .choice("existing", "append", List.of("append", "replace"))
                .toUpperCase(Locale.ROOT));
    InputKind kind =
        options.flag("static", false)
            ? InputKind.STATIC
            : options.flag("bounded", false) ? InputKind.BOUNDED : InputKind.GROWING;
    FileSet files = fileSet(definition, context, pattern, byName, growing);
    List<DataFile> readable = readable(files);
    List<DataFile> sample = sample(readable);
    FileFormatProvider provider = provider(options, fileSystem, pattern, sample);
    Map<String, String> formatOptions = formatOptions(provider, options, growing);
    String written = new TreeMap<>(formatOptions).toString();
    Compression compression =
        provider.compressedAsWhole()
            ? Compression.named(options.choice(Compression.OPTION, "none", Compression.NAMES))
            : Compression.NONE;
    ChangelogOptions changelog = ChangelogOptions.of(definition, options, provider);
    boolean writable =
        changelog == null && !pattern.isPattern() && !isFile(fileSystem, pattern) && !growing;
    FileLayout layout =
        FileLayout.of(
            options,
            stored(provider, formatOptions, changelog),
            provider.extensions().isEmpty() ? "" : provider.extensions().getFirst(),
            compression,
            written,
            context.memory());
    options.checkAllKnown();
    if (layout.isPartitioned() && !(writable && pattern.partitioned())) {
      throw FilesErrors.cannotBePartitioned(pattern.path());
    }
    if (growing
        && (!provider.readsGrowingFiles()
            || sample.stream().anyMatch(f -> ByteSource.isCompressed(f.path())))) {
      throw FilesErrors.unsupportedGrowing(
          provider.readsGrowingFiles() ? "compressed ones" : provider.name() + " files");
    }
    FileFormat stored = layout.format();
    FileFormat plain = changelog == null ? stored : new ChangelogFormat(stored, changelog);
    FileFormat format = pattern.partitioned() ? new PartitionedFormat(plain, pattern) : plain;
    Schema schema =
        schema(definition, fileSystem, pattern, format, pattern.partitioned() ? readable : sample);
    FilesTableOptions tableOptions =
        new FilesTableOptions(
            fileSystem,
            pattern,
            format,
            kind,
            isFile(fileSystem, pattern),
            growing,
            changelog != null,
            existing,
            writable ? EnumSet.allOf(SinkMode.class) : Set.of(),
            layout.checked(schema),
            context.clock());
    RejectLog rejects =
        skips
            ? new RejectLog(
                fileSystem,
                pattern,
                logPath(definition, context, "rejected.log"),
                definition.name(),
                definition.sql(),
                growing)
            : null;
    FilesTable table = new FilesTable(tableOptions, schema, files, rejects);
    return changelog == null ? table : new ChangelogTable(table, changelog);
  }

  private static FileFormat stored(
      FileFormatProvider provider,
      Map<String, String> options,
      @Nullable ChangelogOptions changelog) {
    Map<String, String> given = new HashMap<>(options);
    if (changelog != null && changelog.full()) {
      given.put("before", "full");
    }
    return provider.create(given);
  }

  /**
   * The table's files; where their numbers are kept, all tables of one definition share one, which
   * keeps them.
   */
  private FileSet fileSet(
      TableDefinition definition,
      ConnectorContext context,
      FilePattern pattern,
      boolean byName,
      boolean growing) {
    FileSystem fileSystem = context.files();
    String path = logPath(definition, context, "intake.log");
    if (path == null) {
      return new FileSet(
          fileSystem,
          pattern,
          byName,
          growing,
          new IntakeLog(fileSystem, pattern, null, definition.sql(), growing));
    }
    Kept wanted = new Kept(path, definition.sql(), pattern.path());
    synchronized (kept) {
      kept.values().removeIf(reference -> reference.get() == null);
      WeakReference<FileSet> reference = kept.get(wanted);
      FileSet files = reference == null ? null : reference.get();
      if (files == null) {
        files =
            new FileSet(
                fileSystem,
                pattern,
                byName,
                growing,
                new IntakeLog(fileSystem, pattern, path, definition.sql(), growing));
        kept.put(wanted, new WeakReference<>(files));
      }
      return files;
    }
  }

  /** The files that can be read now. */
  private static List<DataFile> readable(FileSet files) {
    FileSet.Look look = files.look();
    List<DataFile> readable = new ArrayList<>();
    for (int i = 0; i < look.files().size(); i++) {
      if (!look.gone().get(i) && !look.changed().get(i)) {
        readable.add(look.files().get(i));
      }
    }
    return readable;
  }

  /** The first of some files: to open all would take too long. */
  static List<DataFile> sample(List<DataFile> files) {
    return files.subList(0, Math.min(files.size(), INFERRED_FROM));
  }

  private FileFormatProvider provider(
      OptionReader options, FileSystem fileSystem, FilePattern pattern, List<DataFile> sample) {
    if (options.text("format") != null) {
      String name = options.choice("format", "", List.copyOf(formats.names()));
      return find(name, pattern);
    }
    FileFormatProvider provider =
        pattern.isPattern() || isFile(fileSystem, pattern) ? formats.byName(pattern.path()) : null;
    if (provider != null) {
      return provider;
    }
    for (DataFile file : sample) {
      FileFormatProvider said = formats.byName(file.path());
      if (provider != null && said != null && said != provider) {
        throw FilesErrors.mixedFormats(sample.getFirst().path(), file.path());
      }
      provider = said == null ? provider : said;
    }
    if (provider == null) {
      throw sample.isEmpty()
          ? nothingThere(fileSystem, pattern)
          : FilesErrors.unknownFormat(sample.getFirst().path(), formats.names());
    }
    return provider;
  }

  private FileFormatProvider find(String name, FilePattern pattern) {
    FileFormatProvider provider = formats.providers().get(name.toLowerCase(Locale.ROOT));
    if (provider == null) {
      throw FilesErrors.unknownFormat(pattern.path(), formats.names());
    }
    return provider;
  }

  private RuntimeException nothingThere(FileSystem fileSystem, FilePattern pattern) {
    if (pattern.isPattern()) {
      return FilesErrors.noMatch(pattern.path());
    }
    return fileSystem.stat(pattern.path()) == null
        ? FilesErrors.notFound(pattern.path())
        : FilesErrors.nothingToTellFormat(pattern.path(), formats.names());
  }

  private static Map<String, String> formatOptions(
      FileFormatProvider provider, OptionReader options, boolean growing) {
    Map<String, String> given = new HashMap<>();
    for (ConnectorOption option : provider.options()) {
      String value = options.text(option.name());
      if (value != null) {
        given.put(option.name(), value);
      }
    }
    if (growing && provider.readsGrowingFiles()) {
      given.put("growing", "true");
    }
    return given;
  }

  /**
   * Whether a path is that of one file: it is one, or there is nothing and its name has a format's
   * ending.
   */
  private boolean isFile(FileSystem fileSystem, FilePattern pattern) {
    if (pattern.isPattern()) {
      return false;
    }
    FileStatus status = fileSystem.stat(pattern.path());
    return status == null ? formats.byName(pattern.path()) != null : !status.directory();
  }

  private Schema schema(
      TableDefinition definition,
      FileSystem fileSystem,
      FilePattern pattern,
      FileFormat format,
      List<DataFile> files) {
    List<Field> fields = new ArrayList<>();
    for (ColumnDefinition column : definition.storedColumns()) {
      Type type = column.type();
      if (type != null) {
        boolean isKey = definition.keyEnforced() && definition.primaryKey().contains(column.name());
        fields.add(ArrowTypes.field(column.name(), type, column.nullable() && !isKey));
      }
    }
    if (!fields.isEmpty()) {
      return new Schema(fields);
    }
    if (files.isEmpty()) {
      FileStatus status = fileSystem.stat(pattern.path());
      throw status != null && status.directory()
          ? FilesErrors.cannotInfer(pattern.path(), "it has no files yet")
          : nothingThere(fileSystem, pattern);
    }
    return format.inferSchema(files);
  }

  private static @Nullable String logPath(
      TableDefinition definition, ConnectorContext context, String name) {
    return context.databaseDirectory() == null
        ? null
        : "%s/files/%s/%s"
            .formatted(
                context.databaseDirectory().toAbsolutePath().normalize(),
                TableDirectory.encoded(definition.name()),
                name);
  }

  /** Forgets which files were found and which rows left out; the files themselves stay. */
  @Override
  public void dropped(TableDefinition definition, ConnectorContext context) {
    for (String log : List.of("intake.log", "rejected.log")) {
      String path = logPath(definition, context, log);
      if (path != null) {
        context.files().delete(path);
      }
      synchronized (kept) {
        kept.keySet().removeIf(key -> key.log().equals(path));
      }
    }
  }
}

package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.catalog.CatalogErrors;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into one file: {@code COPY … TO 'x.parquet'}. The file is there, as a whole,
 * after {@link #commit}; one of the same name is replaced then, and stays if there is no commit.
 * One thread at a time.
 *
 * <pre>{@code
 * try (FileExport export = FileExport.open(files, directory, "x.csv", Map.of("header", "false"), schema, scope)) {
 *   export.write(batch);
 *   export.commit();
 * }
 * }</pre>
 */
public final class FileExport implements AutoCloseable {
  private final FileOutput output;
  private final FileWriter writer;
  private long rows;

  private FileExport(FileOutput output, FileWriter writer) {
    this.output = output;
    this.writer = writer;
  }

  /**
   * Begins a file.
   *
   * @param workingDirectory what a relative path is relative to
   * @param options {@code format}, by default what the name says, and the options of the format;
   *     keys in lower case
   * @param schema of the rows
   * @param scope what buffered rows are charged to
   * @throws dev.tidemill.foundation.error.TidemillException on a bad option, a directory of that
   *     name, a type that the format has no form for
   */
  public static FileExport open(
      FileSystem fileSystem,
      Path workingDirectory,
      String path,
      Map<String, String> options,
      Schema schema,
      MemoryScope scope) {
    String target;
    try {
      target = workingDirectory.toAbsolutePath().resolve(path).normalize().toString();
    } catch (InvalidPathException e) {
      throw FilesErrors.notFound(path);
    }
    FileFormat format = format(target, options);
    FileStatus status = fileSystem.stat(target);
    if (status != null && status.directory()) {
      throw FilesErrors.isDirectory(target);
    }
    FileOutput output = compression(target, options).compressing(fileSystem.create(target));
    try {
      return new FileExport(output, format.writer(output, schema, scope));
    } catch (RuntimeException e) {
      output.close();
      throw e;
    }
  }

  private static FileFormat format(String path, Map<String, String> options) {
    FileFormats formats = new FileFormats();
    FileFormatProvider provider = provider(formats, path, options.get("format"));
    List<String> known =
        new ArrayList<>(provider.options().stream().map(ConnectorOption::name).toList());
    known.add("format");
    Map<String, String> given = new HashMap<>(options);
    given.remove("format");
    if (provider.compressedAsWhole()) {
      known.add(Compression.OPTION);
      given.remove(Compression.OPTION);
    } else if (ByteSource.isCompressed(path)) {
      throw FilesErrors.compressedWithin(path, provider.name());
    }
    for (String option : given.keySet()) {
      if (!known.contains(option)) {
        throw CatalogErrors.unknownOption("files", option, known);
      }
    }
    return provider.create(given);
  }

  /** What the file's name says; an option must say the same, since readers go by the name. */
  private static Compression compression(String path, Map<String, String> options) {
    Compression named = Compression.of(path);
    String option = options.get(Compression.OPTION);
    boolean isText = provider(new FileFormats(), path, options.get("format")).compressedAsWhole();
    if (option == null || !isText) {
      return named;
    }
    String said = option.toLowerCase(Locale.ROOT);
    if (!Compression.NAMES.contains(said)) {
      throw CatalogErrors.badOption(
          Compression.OPTION, option, "one of " + String.join(", ", Compression.NAMES));
    }
    if (Compression.named(said) != named) {
      throw FilesErrors.otherCompression(path, said);
    }
    return named;
  }

  private static FileFormatProvider provider(
      FileFormats formats, String path, @Nullable String name) {
    FileFormatProvider provider =
        name == null
            ? formats.byName(path)
            : formats.providers().get(name.toLowerCase(Locale.ROOT));
    if (name != null && (provider == null || provider.readsChanges())) {
      throw CatalogErrors.badOption(
          "format", name, "one of " + String.join(", ", formats.namesWritten()));
    }
    if (provider == null) {
      throw FilesErrors.unknownFormat(path, formats.namesWritten());
    }
    return provider;
  }

  /** Adds the rows that count; the batch is borrowed for the call. */
  public void write(Batch batch) {
    writer.write(batch);
    rows += batch.rowCount();
  }

  /** Rows so far. */
  public long rows() {
    return rows;
  }

  /** Ends the file and puts it in its place, durably. */
  public void commit() {
    writer.finish();
    output.commit();
  }

  @Override
  public void close() {
    writer.close();
    output.close();
  }
}

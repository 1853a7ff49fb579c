package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/**
 * A table that is its directory, in the layout that Iceberg calls that of Hadoop tables:
 *
 * <pre>
 *   metadata/v1.metadata.json, v2.metadata.json, …      each commit is the next, made only where it is not there yet
 *   metadata/version-hint.text                          about which is the newest
 *   data/…
 * </pre>
 *
 * <p>A directory whose metadata files a catalog named ({@code 00007-….metadata.json}), and a path
 * of one metadata file, are only read: which metadata holds is the catalog's to say.
 *
 * <p>Safe for use by many threads; a commit's base is what its maker has seen.
 */
final class DirectoryTable implements TableOperations {
  private static final Pattern OWN =
      Pattern.compile("v([0-9]{1,9})(\\.gz)?\\.metadata\\.json(\\.gz)?");
  private static final Pattern OF_CATALOG =
      Pattern.compile("([0-9]{1,9})-.*?(\\.gz)?\\.metadata\\.json(\\.gz)?");
  private static final String HINT = "version-hint.text";
  private static final String SUFFIX = ".metadata.json";

  private final FileSystem files;
  private final String path;
  private final LocalFiles io;

  private @Nullable TableMetadata metadata;
  private String metadataFile = "";
  private int version;
  private boolean ofCatalog;
  private Guard guard = base -> {};

  /** Looks at what a commit builds on before it is made, and throws if it must not be. */
  interface Guard {
    void check(TableMetadata base);
  }

  /**
   * @param path of the directory or of one metadata file, absolute
   */
  DirectoryTable(FileSystem files, String path) {
    this.files = files;
    this.path = path;
    this.io = new LocalFiles(files);
  }

  FileSystem files() {
    return files;
  }

  String path() {
    return path;
  }

  /** Whether the metadata is one file for ever. */
  boolean isOneFile() {
    return path.contains(SUFFIX);
  }

  /** Sets what is looked at before each commit made through this object. */
  synchronized void guard(Guard checked) {
    this.guard = checked;
  }

  /** Whether there is a table now. */
  boolean exists() {
    return find() != null;
  }

  /** Whether somebody else says which metadata holds. */
  synchronized boolean isReadOnly() {
    return ofCatalog || isOneFile();
  }

  /**
   * The newest metadata.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if there is no table
   */
  TableMetadata newest() {
    TableMetadata found = refresh();
    if (found == null) {
      throw IcebergErrors.tableNotFound(path);
    }
    return found;
  }

  /**
   * What Iceberg's library reads, which answers what is damaged with runtime exceptions of many
   * kinds.
   */
  <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (TidemillException e) {
      throw e;
    } catch (RuntimeException e) {
      throw IcebergErrors.refused(path, e);
    }
  }

  @Override
  public synchronized @Nullable TableMetadata current() {
    return metadata == null ? refresh() : metadata;
  }

  private record Found(String file, int version, boolean ofCatalog) {}

  @Override
  public synchronized @Nullable TableMetadata refresh() {
    Found found = find();
    if (found == null) {
      metadata = null;
      metadataFile = "";
      version = 0;
      return null;
    }
    TableMetadata known = metadata;
    if (known == null || !found.file.equals(metadataFile)) {
      metadata = read(found.file);
      metadataFile = found.file;
      version = found.version;
      ofCatalog = found.ofCatalog;
    }
    return metadata;
  }

  private TableMetadata read(String file) {
    try {
      return TableMetadataParser.read(io, file);
    } catch (TidemillException e) {
      throw e;
    } catch (RuntimeException e) {
      throw IcebergErrors.metadata(file, e);
    }
  }

  private synchronized @Nullable Found find() {
    if (isOneFile()) {
      return files.stat(path) == null ? null : new Found(path, 1, true);
    }
    int from = version > 0 && !ofCatalog && file(version) != null ? version : hinted();
    String newest = from > 0 ? file(from) : null;
    if (newest == null) {
      return listed();
    }
    int at = from;
    for (String next = file(at + 1); next != null; next = file(at + 1)) {
      newest = next;
      at++;
    }
    return new Found(newest, at, false);
  }

  /** What the hint says, or 0. */
  private int hinted() {
    String hint = directory() + "/" + HINT;
    FileStatus status = files.stat(hint);
    if (status == null || status.size() > 20) {
      return 0;
    }
    try {
      return Integer.parseInt(files.readText(hint).strip());
    } catch (NumberFormatException | TidemillException e) {
      return 0;
    }
  }

  /** The metadata file of a version as one of the ways to compress it names it, or null. */
  private @Nullable String file(int number) {
    for (String name : new String[] {SUFFIX, ".gz" + SUFFIX, SUFFIX + ".gz"}) {
      String file = "%s/v%d%s".formatted(directory(), number, name);
      if (files.stat(file) != null) {
        return file;
      }
    }
    return null;
  }

  private @Nullable Found listed() {
    Found newest = null;
    for (FileStatus status : files.list(directory())) {
      Matcher own = OWN.matcher(status.name());
      Matcher catalogs = OF_CATALOG.matcher(status.name());
      boolean isOwn = own.matches();
      if (isOwn || catalogs.matches()) {
        int number = Integer.parseInt(isOwn ? own.group(1) : catalogs.group(1));
        Found found = new Found(status.path(), number, !isOwn);
        newest = newest == null || isBetter(found, newest) ? found : newest;
      }
    }
    return newest;
  }

  /** Our own names say more than a catalog's, then higher numbers. */
  private static boolean isBetter(Found found, Found other) {
    return found.ofCatalog == other.ofCatalog ? found.version > other.version : other.ofCatalog;
  }

  private String directory() {
    return path + "/metadata";
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // metadata that was read once more is another base
  public synchronized void commit(@Nullable TableMetadata base, TableMetadata next) {
    if (base != metadata) {
      throw new CommitFailedException("%s has changed since", path);
    }
    if (base == next) {
      return;
    }
    if (base != null) {
      guard.check(base);
    }
    String codec =
        next.property(
            TableProperties.METADATA_COMPRESSION, TableProperties.METADATA_COMPRESSION_DEFAULT);
    boolean compressed = codec.equalsIgnoreCase("gzip");
    String file =
        "%s/v%d%s".formatted(directory(), version + 1, compressed ? ".gz" + SUFFIX : SUFFIX);
    byte[] json = TableMetadataParser.toJson(next).getBytes(StandardCharsets.UTF_8);
    if (!put(file, compressed ? gzip(json) : json)) {
      throw new CommitFailedException("%s was written by somebody else", file);
    }
    // Read again by whoever asks next: what is written is what holds.
    metadata = null;
    tidy(base, next, version + 1);
  }

  /** What is left to do after a commit, and is no failure of it. */
  private void tidy(@Nullable TableMetadata base, TableMetadata next, int newest) {
    try {
      files.put(
          directory() + "/" + HINT, Integer.toString(newest).getBytes(StandardCharsets.UTF_8));
      CatalogUtil.deleteRemovedMetadataFiles(io, base, next);
    } catch (RuntimeException later) {
      // Readers look for the newest from an older one on; old files are deleted another time.
      return;
    }
  }

  /** Whether the file was put; where that cannot be said, nothing of the commit may be deleted. */
  private boolean put(String file, byte[] content) {
    try (FileOutput output = files.create(file)) {
      output.write(content, 0, content.length);
      try {
        return output.commitNew();
      } catch (TidemillException e) {
        throw new CommitStateUnknownException(e);
      }
    }
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream compressing = new GZIPOutputStream(bytes)) {
      compressing.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public FileIO io() {
    return io;
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return directory() + "/" + fileName;
  }

  @Override
  public LocationProvider locationProvider() {
    return new DataPlaces(path + "/data");
  }

  /**
   * Where data files are put. Iceberg's own ({@link LocationProviders}) needs a class of Hadoop.
   */
  private record DataPlaces(String directory) implements LocationProvider {
    @Override
    public String newDataLocation(String fileName) {
      return directory + "/" + fileName;
    }

    @Override
    public String newDataLocation(PartitionSpec spec, StructLike partition, String fileName) {
      return directory + "/" + spec.partitionToPath(partition) + "/" + fileName;
    }
  }

  @Override
  public TableOperations temp(TableMetadata uncommitted) {
    return new Uncommitted(this, uncommitted);
  }

  /** The table as it would be after a transaction. */
  private record Uncommitted(DirectoryTable table, TableMetadata current)
      implements TableOperations {
    @Override
    public TableMetadata refresh() {
      throw new UnsupportedOperationException("refresh of " + table.path);
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      throw new UnsupportedOperationException("commit to " + table.path);
    }

    @Override
    public FileIO io() {
      return table.io();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return table.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return table.locationProvider();
    }

    @Override
    public long newSnapshotId() {
      return table.newSnapshotId();
    }
  }

  /** Makes the table where there is none; false where somebody was faster. */
  boolean create(TableMetadata first) {
    try {
      commit(null, first);
      return true;
    } catch (CommitFailedException e) {
      return false;
    }
  }

  /** Properties that a table made here begins with: its metadata files do not pile up. */
  static Map<String, String> properties(int formatVersion) {
    return Map.of(
        TableProperties.FORMAT_VERSION,
        Integer.toString(formatVersion),
        TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED,
        "true");
  }
}

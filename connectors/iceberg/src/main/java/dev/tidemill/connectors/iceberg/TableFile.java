package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.util.List;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;

/**
 * A data file of a snapshot.
 *
 * @param spec what its partition means
 * @param deletes where rows of it are named that are gone
 */
record TableFile(DataFile file, PartitionSpec spec, List<DeleteFile> deletes) {
  TableFile {
    deletes = List.copyOf(deletes);
  }

  String path() {
    return LocalFiles.path(file.location());
  }

  /**
   * As the Parquet reader takes it, after a look whether it is there.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if it is not, or is no Parquet file
   */
  static dev.tidemill.storage.files.DataFile readable(FileSystem files, ContentFile<?> file) {
    String path = requireFormat(file);
    FileStatus status = files.stat(path);
    if (status == null) {
      throw IcebergErrors.fileGone(path);
    }
    return dev.tidemill.storage.files.DataFile.of(files, status);
  }

  /** The path of a file that is Parquet. */
  static String requireFormat(ContentFile<?> file) {
    String path = LocalFiles.path(file.location());
    if (file.format() != FileFormat.PARQUET) {
      throw IcebergErrors.fileFormat(path, file.format().name());
    }
    return path;
  }
}

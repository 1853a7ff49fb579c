package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can go wrong with Iceberg tables. */
final class IcebergErrors {
  private static final ErrorCode INVALID_OPTION = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode NOT_FOUND = ErrorCode.user("ICEBERG_TABLE_NOT_FOUND", "42P01");
  private static final ErrorCode COLUMN_NOT_FOUND =
      ErrorCode.user("ICEBERG_COLUMN_NOT_FOUND", "42703");
  private static final ErrorCode TYPE_MISMATCH = ErrorCode.user("ICEBERG_TYPE_MISMATCH", "42804");
  private static final ErrorCode NULL_VALUE = ErrorCode.user("NOT_NULL_VIOLATED", "23502");
  private static final ErrorCode VALUE = ErrorCode.user("ICEBERG_VALUE_OUT_OF_RANGE", "22003");
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_ICEBERG_TABLE", "0A000");
  private static final ErrorCode READ_ONLY = ErrorCode.user("ICEBERG_TABLE_READ_ONLY", "25006");
  private static final ErrorCode SNAPSHOT = ErrorCode.user("ICEBERG_SNAPSHOT_NOT_FOUND", "42704");
  private static final ErrorCode HISTORY = ErrorCode.user("ICEBERG_HISTORY_LOST", "55000");
  private static final ErrorCode NOT_APPEND = ErrorCode.user("ICEBERG_ROWS_REMOVED", "55000");
  private static final ErrorCode FENCED = ErrorCode.user("SINK_TAKEN_OVER", "55006");
  private static final ErrorCode METADATA = ErrorCode.user("ICEBERG_METADATA_DAMAGED", "22000");
  private static final ErrorCode FILE_GONE = ErrorCode.external("ICEBERG_FILE_GONE");
  private static final ErrorCode COMMIT = ErrorCode.external("ICEBERG_COMMIT_FAILED");

  private IcebergErrors() {}

  static TidemillException enforcedKey(String table) {
    return new TidemillException(
        INVALID_OPTION,
        "the PRIMARY KEY of %s must be NOT ENFORCED: Iceberg does not keep rows of a key apart"
            .formatted(table));
  }

  static TidemillException notLocal(String location) {
    return new TidemillException(
        UNSUPPORTED,
        "only Iceberg tables on the local file system can be read and written, and %s is elsewhere; mount or copy it"
            .formatted(location));
  }

  static TidemillException tableNotFound(String path) {
    return new TidemillException(
        NOT_FOUND,
        "there is no Iceberg table in %s: it has no metadata/v1.metadata.json or the like. Declare columns and say 'create_table'='true' to make one"
            .formatted(path));
  }

  static TidemillException columnsToCreate(String table) {
    return new TidemillException(
        NOT_FOUND,
        "table %s is to be made but its columns are not known; declare them".formatted(table));
  }

  static TidemillException metadata(String file, RuntimeException cause) {
    return new TidemillException(
        METADATA,
        "cannot read the Iceberg metadata %s: %s".formatted(file, cause.getMessage()),
        null,
        cause);
  }

  static TidemillException formatVersion(String path, int version, int newest) {
    return new TidemillException(
        UNSUPPORTED,
        "the Iceberg table %s has format version %d, and versions up to %d can be read"
            .formatted(path, version, newest));
  }

  static TidemillException encrypted(String path) {
    return new TidemillException(
        UNSUPPORTED, "the Iceberg table %s is encrypted, which cannot be read".formatted(path));
  }

  static TidemillException columnNotFound(String path, String column, Collection<String> there) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "the Iceberg table %s has no column %s%s; it has %s"
            .formatted(path, column, NearMisses.hint(column, there), String.join(", ", there)));
  }

  static TidemillException columnGone(String path, String column) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "the Iceberg table %s has no column %s any more; create the table here anew"
            .formatted(path, column));
  }

  static TidemillException sameNames(String path, String column) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "the Iceberg table %s has several columns %s that differ in case only; declare the columns to be read"
            .formatted(path, column));
  }

  static TidemillException typeMismatch(String column, @Nullable Type declared, String actual) {
    return new TidemillException(
        TYPE_MISMATCH,
        "column %s is declared as %s but is %s in the Iceberg table"
            .formatted(column, declared, actual));
  }

  static TidemillException unreadableType(String path, String column, String actual) {
    return new TidemillException(
        UNSUPPORTED,
        "column %s of the Iceberg table %s is %s, which cannot be read; declare the other columns"
            .formatted(column, path, actual));
  }

  static TidemillException unsupportedType(String column, Type type) {
    return new TidemillException(
        UNSUPPORTED,
        "column %s is %s, for which Iceberg has no type; cast it in the query"
            .formatted(column, type));
  }

  static TidemillException nanoseconds(String column, Type type) {
    return new TidemillException(
        UNSUPPORTED,
        "column %s is %s, which Iceberg has from format version 3 on; say 'format_version'='3' or declare TIMESTAMP(6)"
            .formatted(column, type));
  }

  static TidemillException notWritable(String column, Type declared, String actual) {
    return new TidemillException(
        TYPE_MISMATCH,
        "column %s is declared as %s and is %s in the Iceberg table, which is read but not written so; declare %s"
            .formatted(
                column, declared, actual, "the type that the table has, and cast in the query"));
  }

  static TidemillException columnNotWritten(String path, String column) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "the Iceberg table %s cannot be written without its column %s, which is required or has a default; declare it too"
            .formatted(path, column));
  }

  static TidemillException partitionedBy(String value, String problem) {
    return new TidemillException(
        INVALID_OPTION,
        "option 'partitioned_by' must be columns or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(n, c), apart by commas, but is '%s': %s"
            .formatted(value, problem));
  }

  static TidemillException partitionedKey(String path, String column) {
    return new TidemillException(
        UNSUPPORTED,
        "the Iceberg table %s is partitioned by %s, which is not in the PRIMARY KEY, and cannot be written in UPDATE mode: rows of a key may be in several partitions, and what is removed by key is removed from one. Add %s to the key, or write APPEND or COMPLETE"
            .formatted(path, column, column));
  }

  static TidemillException repartitioned(String path) {
    return new TidemillException(
        UNSUPPORTED,
        "the Iceberg table %s was partitioned otherwise before and cannot be written in UPDATE mode: what is removed by key is not removed from files of another partitioning. Write APPEND or COMPLETE, or another table"
            .formatted(path));
  }

  static TidemillException formatVersionForKeys(String path) {
    return new TidemillException(
        UNSUPPORTED,
        "the Iceberg table %s has format version 1, which cannot remove rows by key; upgrade it to 2, or write APPEND or COMPLETE"
            .formatted(path));
  }

  static TidemillException keyColumn(String column, String problem) {
    return new TidemillException(
        INVALID_OPTION, "the PRIMARY KEY names %s, %s".formatted(column, problem));
  }

  static TidemillException transform(String path, String field) {
    return new TidemillException(
        UNSUPPORTED,
        "the Iceberg table %s is partitioned by %s, which cannot be written; name its columns in the table, or give it another partition spec"
            .formatted(path, field));
  }

  static TidemillException readOnly(String path) {
    return new TidemillException(
        READ_ONLY,
        "the Iceberg table %s is of a catalog that says which metadata holds, or is one metadata file or snapshot: it is only read. Write to one that is a directory with metadata/v1.metadata.json"
            .formatted(path));
  }

  static TidemillException notNull(String column) {
    return new TidemillException(
        NULL_VALUE,
        "column %s is NOT NULL and a row has NULL there; put COALESCE around it".formatted(column));
  }

  static TidemillException outOfRange(String column, String value) {
    return new TidemillException(
        VALUE,
        "%s in column %s is outside of what Iceberg's microseconds reach".formatted(value, column));
  }

  static TidemillException fileGone(String path) {
    return new TidemillException(
        FILE_GONE,
        "%s is gone: the Iceberg table names it still, or a snapshot that was being read has expired"
            .formatted(path));
  }

  static TidemillException fileFormat(String path, String format) {
    return new TidemillException(
        UNSUPPORTED,
        "%s is %s; of Iceberg tables Parquet files are read. Rewrite the table's data files with 'write.format.default'='parquet'"
            .formatted(path, format));
  }

  static TidemillException noFieldIds(String path) {
    return new TidemillException(
        UNSUPPORTED,
        "%s does not number its columns, and the Iceberg table has no schema.name-mapping.default that says which is which; set that property"
            .formatted(path));
  }

  static TidemillException changedInside(String path, String column) {
    return new TidemillException(
        UNSUPPORTED,
        "fields within column %s were renamed or replaced since %s was written, which is not read; rewrite the table's data files"
            .formatted(column, path));
  }

  static TidemillException missingRequired(String path, String column) {
    return new TidemillException(
        NULL_VALUE,
        "%s has no column %s, which is declared NOT NULL; declare it without"
            .formatted(path, column));
  }

  static TidemillException deleteFile(String path, String problem) {
    return new TidemillException(
        UNSUPPORTED,
        "the delete file %s %s; rewrite the table's data files".formatted(path, problem));
  }

  static TidemillException snapshotNotFound(String path, long snapshot, List<Long> there) {
    return new TidemillException(
        SNAPSHOT,
        "the Iceberg table %s has no snapshot %d (any more); it has %s"
            .formatted(path, snapshot, there));
  }

  static TidemillException noSnapshotAt(String path, Instant time) {
    return new TidemillException(
        SNAPSHOT,
        "the Iceberg table %s has no snapshot (any more) that is as old as %s"
            .formatted(path, time));
  }

  static TidemillException expired(String path, long taken) {
    return new TidemillException(
        HISTORY,
        "snapshots of the Iceberg table %s that followed snapshot %d, up to which rows were taken, have expired: what they added cannot be told. Create the query anew, and keep snapshots longer than queries stand still"
            .formatted(path, taken));
  }

  static TidemillException rolledBack(String path, long taken) {
    return new TidemillException(
        HISTORY,
        "snapshot %d of the Iceberg table %s, up to which rows were taken, is no part of its history any more: the table was rolled back or replaced. Create the query anew"
            .formatted(taken, path));
  }

  static TidemillException notAppendOnly(String path, long snapshot, String operation) {
    return new TidemillException(
        NOT_APPEND,
        "snapshot %d of the Iceberg table %s removed or replaced rows (%s), which a standing query cannot follow: create the query anew, or say 'overwrites'='skip' to pass over such snapshots"
            .formatted(snapshot, path, operation));
  }

  static TidemillException badOffset(String path, String offset) {
    return new TidemillException(
        HISTORY,
        "offset %s is none of the Iceberg table %s: it was replaced. Create the query anew"
            .formatted(offset, path));
  }

  static TidemillException fenced(String path, String writer, long known, long found) {
    return new TidemillException(
        FENCED,
        "the Iceberg table %s says that %s has committed step %d, where it has committed step %d: a copy of this database runs elsewhere, or the table was changed. Stop the other one, then RESUME the query here"
            .formatted(path, writer, found, known));
  }

  static TidemillException commit(String path, RuntimeException cause) {
    return new TidemillException(
        COMMIT,
        "cannot commit to the Iceberg table %s: %s".formatted(path, cause.getMessage()),
        null,
        cause);
  }

  static TidemillException refused(String path, RuntimeException cause) {
    return new TidemillException(
        METADATA,
        "Iceberg cannot read the table %s: %s".formatted(path, cause.getMessage()),
        null,
        cause);
  }
}

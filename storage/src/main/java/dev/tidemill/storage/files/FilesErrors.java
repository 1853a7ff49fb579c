package dev.tidemill.storage.files;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Collection;
import java.util.List;

/** What can go wrong with tables over files; the methods that formats need are public. */
public final class FilesErrors {
  private static final ErrorCode NOT_FOUND = ErrorCode.user("FILE_NOT_FOUND", "58P01");
  private static final ErrorCode CHANGED = ErrorCode.lasting("FILE_CHANGED");
  private static final ErrorCode GONE = ErrorCode.lasting("FILE_GONE");
  private static final ErrorCode REPLACED = ErrorCode.lasting("TABLE_REPLACED");
  private static final ErrorCode MALFORMED_ROW = ErrorCode.user("MALFORMED_ROW", "22P04");
  private static final ErrorCode MALFORMED_FILE = ErrorCode.user("MALFORMED_FILE", "22P04");
  private static final ErrorCode SCHEMA_MISMATCH = ErrorCode.user("SCHEMA_MISMATCH", "42804");
  private static final ErrorCode CANNOT_INFER = ErrorCode.user("COLUMNS_REQUIRED", "42601");
  private static final ErrorCode FORMAT_UNKNOWN = ErrorCode.user("FORMAT_UNKNOWN", "22023");
  private static final ErrorCode NOT_A_SINK = ErrorCode.user("TABLE_READ_ONLY", "25006");
  private static final ErrorCode BAD_METADATA = ErrorCode.lasting("METADATA_UNREADABLE");
  private static final ErrorCode BAD_OFFSET = ErrorCode.lasting("OFFSET_UNKNOWN");
  private static final ErrorCode SINK_CONFLICT = ErrorCode.user("SINK_CONFLICT", "55000");
  private static final ErrorCode TOO_MANY_REJECTED =
      ErrorCode.user("TOO_MANY_REJECTED_ROWS", "54000");
  private static final ErrorCode NOT_NULL = ErrorCode.user("NULL_NOT_ALLOWED", "23502");
  private static final ErrorCode NOT_THERE = ErrorCode.user("REMOVED_ROW_NOT_THERE", "23000");
  private static final ErrorCode CHANGELOG = ErrorCode.user("CHANGELOG_DEFINITION", "42P16");
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_FILES", "0A000");

  private static final ErrorCode PARTITIONS = ErrorCode.user("PARTITIONS_IMPOSSIBLE", "42P16");

  private FilesErrors() {}

  static TidemillException notFound(String path) {
    return new TidemillException(NOT_FOUND, "there is no file or directory " + path);
  }

  static TidemillException noMatch(String pattern) {
    return new TidemillException(
        NOT_FOUND, "no file matches " + pattern + "; declare columns if files are still to come");
  }

  static TidemillException changed(String path) {
    return new TidemillException(
        CHANGED,
        path
            + " has changed since it was read: its rows were taken and cannot be taken back. Add rows as new files; to read"
            + " everything anew, drop and create the query");
  }

  static TidemillException shrunk(String path, long size, long now) {
    return new TidemillException(
        CHANGED,
        "%s has become shorter: it had %d bytes and now ends at %d".formatted(path, size, now));
  }

  static TidemillException gone(String path) {
    return new TidemillException(
        GONE,
        path + " is gone and its rows are still needed. Put it back; or drop and create the query");
  }

  static TidemillException replaced(String directory) {
    return new TidemillException(
        REPLACED,
        "the rows in %s were replaced by their writer since they were read; run the query again"
            .formatted(directory));
  }

  static TidemillException notAppendOnly(String directory) {
    return new TidemillException(
        UNSUPPORTED,
        ("%s is written in COMPLETE mode, each step replacing the rows; a standing query reads only tables whose rows stay."
                + " Write it in APPEND or UPDATE mode, declare it 'static'='true', or wait for its writer to end")
            .formatted(directory));
  }

  static TidemillException manifestAppeared(String directory) {
    return new TidemillException(
        REPLACED,
        "files in %s were read one by one, and now a standing query writes there; drop and create what reads it"
            .formatted(directory));
  }

  static TidemillException changelogWithoutOperation(String directory) {
    return new TidemillException(
        SCHEMA_MISMATCH,
        ("%s holds a changelog (written in UPDATE mode): its rows mean nothing without the columns op VARCHAR and step"
                + " BIGINT; declare them, or declare no columns")
            .formatted(directory));
  }

  static TidemillException globOverManifest(String directory) {
    return new TidemillException(
        UNSUPPORTED,
        "%s is the output of a query, whose files are only rows of a table as its manifest says; give the directory as"
                .formatted(directory)
            + " the path, not a pattern");
  }

  static TidemillException malformedRow(RejectedRow row) {
    String place = row.column().isEmpty() ? "" : ", column " + row.column();
    return new TidemillException(
        MALFORMED_ROW,
        "%s, line %d%s: %s. Mend it, or leave such rows out with 'on_error'='skip'"
            .formatted(row.source(), row.line(), place, row.problem()));
  }

  static TidemillException tooManyRejected(String table, long limit) {
    return new TidemillException(
        TOO_MANY_REJECTED,
        "more than %d rows of %s cannot be read; is the format right? Look at \"%s$rejected\""
            .formatted(limit, table, table));
  }

  /** A file that is not what its format says. */
  public static TidemillException malformedFile(String path, String problem) {
    return new TidemillException(MALFORMED_FILE, path + ": " + problem);
  }

  static TidemillException truncatedCompression(String path) {
    return new TidemillException(
        MALFORMED_FILE, path + " is truncated: its compressed data ends in the middle");
  }

  static TidemillException badCompression(String path, Exception cause) {
    return new TidemillException(
        MALFORMED_FILE, path + " cannot be decompressed: " + cause.getMessage(), null, cause);
  }

  /**
   * @param has what the file's header names
   */
  public static TidemillException missingColumn(
      String path, String column, Collection<String> has) {
    return new TidemillException(
        SCHEMA_MISMATCH,
        "%s does not fit the table: it has no column %s; its header has %s. If its first line is data, say 'header'='false'"
            .formatted(path, column, String.join(", ", has)));
  }

  /**
   * @param problem what is wrong with the directory's name, as a sentence
   */
  static TidemillException malformedInPath(String path, String column, String problem) {
    return new TidemillException(
        MALFORMED_FILE,
        "column %s of %s has its value from the name of a directory: %s. Declare the column with a type that fits, or say 'hive_partitioning'='false'"
            .formatted(column, path, problem));
  }

  static TidemillException nullInPath(String path, String column) {
    return new TidemillException(
        MALFORMED_FILE,
        "column %s is declared NOT NULL, but is NULL in the path %s".formatted(column, path));
  }

  /** Files of one table that get different columns from their directories. */
  static TidemillException differentPathColumns(
      String path, List<String> columns, String otherPath, List<String> otherColumns) {
    return new TidemillException(
        SCHEMA_MISMATCH,
        "files differ in the columns that their directories name: %s has %s, %s has %s. Give a pattern that only matches files of one kind, or say 'hive_partitioning'='false'"
            .formatted(path, listed(columns), otherPath, listed(otherColumns)));
  }

  private static String listed(List<String> columns) {
    return columns.isEmpty() ? "none" : String.join(", ", columns);
  }

  /** A column that a file keeps in another type. */
  public static TidemillException columnMismatch(
      String path, String column, String declared, String found) {
    return new TidemillException(
        SCHEMA_MISMATCH,
        "%s does not fit the table: column %s is declared %s but the file has %s"
            .formatted(path, column, declared, found));
  }

  /** A schema that cannot be worked out from the files. */
  public static TidemillException cannotInfer(String path, String why) {
    return new TidemillException(
        CANNOT_INFER, "cannot work out the columns of %s: %s; declare them".formatted(path, why));
  }

  static TidemillException unknownFormat(String path, Collection<String> known) {
    return new TidemillException(
        FORMAT_UNKNOWN,
        "the name %s does not say its format; give 'format' (%s)"
            .formatted(path, String.join(", ", known)));
  }

  static TidemillException nothingToTellFormat(String directory, Collection<String> known) {
    return new TidemillException(
        FORMAT_UNKNOWN,
        "there is no file directly in %s whose name says the format; give 'format' (%s) if files are still to come, or a pattern such as %s/** for those further down"
            .formatted(directory, String.join(", ", known), directory));
  }

  static TidemillException mixedFormats(String one, String other) {
    return new TidemillException(
        FORMAT_UNKNOWN,
        "%s and %s have different formats; give 'format', or a pattern".formatted(one, other));
  }

  static TidemillException unsupportedCompression(String path) {
    return new TidemillException(
        UNSUPPORTED,
        "%s: files that are compressed as a whole are read only if .gz or .zst, CSV or JSON"
            .formatted(path));
  }

  static TidemillException unsupportedScheme(String path) {
    return new TidemillException(
        UNSUPPORTED,
        "%s: only local files are supported, given as a path without a scheme".formatted(path));
  }

  static TidemillException unsupportedGrowing(String what) {
    return new TidemillException(
        UNSUPPORTED, "'growing'='true' reads uncompressed CSV and JSON files, not " + what);
  }

  /** A type that a format has no form for. */
  public static TidemillException unsupportedType(String format, String column, String type) {
    return new TidemillException(
        UNSUPPORTED,
        "column %s: %s files cannot hold %s; leave it out or convert it"
            .formatted(column, format, type));
  }

  /** A format whose rows do not stand alone. */
  static TidemillException unsupportedRecords(String format) {
    return new TidemillException(
        UNSUPPORTED,
        "format %s is for files; its rows are no records by themselves".formatted(format));
  }

  static TidemillException notASink(String path) {
    return new TidemillException(
        NOT_A_SINK,
        path
            + " cannot be written to: a table is written as a directory, not as a pattern or a single file");
  }

  /** A format that is only read. */
  public static TidemillException unsupportedFormatOfSink(String format) {
    return new TidemillException(UNSUPPORTED, "format %s is only read".formatted(format));
  }

  static TidemillException foreignFiles(String directory, String file) {
    return new TidemillException(
        SINK_CONFLICT,
        "%s holds files of others (%s); a table is written to a directory of its own"
            .formatted(directory, file));
  }

  static TidemillException endedSink(String directory) {
    return new TidemillException(
        SINK_CONFLICT,
        ("%s holds the finished output of another query; remove the directory, write elsewhere, or say"
                + " 'existing'='replace'")
            .formatted(directory));
  }

  static TidemillException otherMode(String directory, String before, String now) {
    return new TidemillException(
        SINK_CONFLICT,
        ("%s was written in %s mode and cannot go on in %s mode; remove the directory, write elsewhere, or say"
                + " 'existing'='replace'")
            .formatted(directory, before, now));
  }

  static TidemillException reservedColumn(String column) {
    return new TidemillException(
        SINK_CONFLICT,
        "UPDATE mode writes a column of its own named %s; rename the query's".formatted(column));
  }

  static TidemillException notNull(String column) {
    return new TidemillException(
        NOT_NULL, "column %s is NOT NULL, but a row has NULL there".formatted(column));
  }

  static TidemillException deletions(String file) {
    return new TidemillException(
        BAD_METADATA,
        file
            + " has deleted rows, which this Tidemill cannot read. Use the Tidemill that wrote it");
  }

  static TidemillException changelogWithoutKey(String table) {
    return new TidemillException(
        CHANGELOG,
        "table %s is a changelog: declare its columns and which of them tell its rows apart, PRIMARY KEY (…)"
            .formatted(table));
  }

  static TidemillException notAChangelog(String option) {
    return new TidemillException(
        CHANGELOG,
        "option '%s' is for changelogs: tables with 'op_column', or with 'format'='debezium-json'"
            .formatted(option));
  }

  static TidemillException declaredOperation(String column) {
    return new TidemillException(
        CHANGELOG,
        "column %s says what the other columns' row does and is none of the table: leave it out of CREATE TABLE"
            .formatted(column));
  }

  static TidemillException twoOperations(String format) {
    return new TidemillException(
        CHANGELOG, "format %s has its own operations; leave 'op_column' out".formatted(format));
  }

  static TidemillException unenforcedKey(String table) {
    return new TidemillException(
        CHANGELOG,
        "table %s is a changelog, whose key tells which row a change is of; leave out NOT ENFORCED"
            .formatted(table));
  }

  static TidemillException enforcedKey(String table) {
    return new TidemillException(
        UNSUPPORTED,
        "table %s: the key of files that are no changelog cannot be enforced; say PRIMARY KEY (…) NOT ENFORCED"
            .formatted(table));
  }

  /**
   * @param key columns and their values
   */
  static TidemillException removedMissing(String table, String key) {
    return new TidemillException(
        NOT_THERE,
        ("the changes of table %s remove the row of %s, which is not there. Mend them, or say 'on_missing'='ignore' to leave"
                + " such changes out")
            .formatted(table, key));
  }

  static TidemillException isDirectory(String path) {
    return new TidemillException(SINK_CONFLICT, path + " is a directory; give the name of a file");
  }

  static TidemillException badMetadata(String path, String problem) {
    return new TidemillException(BAD_METADATA, "cannot read %s: %s".formatted(path, problem));
  }

  static TidemillException unknownVersion(String path, int version, int known) {
    return new TidemillException(
        BAD_METADATA,
        "%s has version %d; this Tidemill knows version %d. Use the Tidemill that wrote it"
            .formatted(path, version, known));
  }

  static TidemillException badOffset(String text) {
    return new TidemillException(BAD_OFFSET, "not an offset of a table of files: " + text);
  }

  static TidemillException unknownPartitionColumn(String column, List<String> columns) {
    return new TidemillException(
        PARTITIONS,
        "'partitioned_by' names the column %s, which the table does not have%s; it has %s"
            .formatted(column, NearMisses.hint(column, columns), String.join(", ", columns)));
  }

  static TidemillException partitionedTwice(String column) {
    return new TidemillException(PARTITIONS, "'partitioned_by' names " + column + " twice");
  }

  static TidemillException hiddenPartition(String column) {
    return new TidemillException(
        PARTITIONS,
        "rows cannot be partitioned by %s: directories whose names begin with %s are hidden; give the column another name"
            .formatted(column, column.substring(0, 1)));
  }

  static TidemillException partitionType(String column, String type) {
    return new TidemillException(
        PARTITIONS,
        "rows cannot be partitioned by %s, which is %s: BOOLEAN, integers, DECIMAL, VARCHAR, DATE and TIMESTAMP can; cast it"
            .formatted(column, type));
  }

  static TidemillException onlyPartitionColumns() {
    return new TidemillException(
        PARTITIONS, "'partitioned_by' names all columns; one at least must stand in the files");
  }

  static TidemillException cannotBePartitioned(String path) {
    return new TidemillException(
        PARTITIONS,
        "'partitioned_by' is for directories that are written, but %s is a file, a pattern, a changelog, growing, or has"
                .formatted(path)
            + " 'hive_partitioning'='false'");
  }

  static TidemillException longPartition(String column, int length, int most) {
    return new TidemillException(
        PARTITIONS,
        "a value of %s is too long for the name of a directory: %d bytes, at most %d"
            .formatted(column, length, most));
  }

  static TidemillException compressedWithin(String path, String format) {
    return new TidemillException(
        UNSUPPORTED,
        "%s: files of format %s are compressed within; leave the ending .gz or .zst out, and say 'compression'"
            .formatted(path, format));
  }

  static TidemillException otherCompression(String path, String compression) {
    return new TidemillException(
        UNSUPPORTED,
        "%s cannot be written with 'compression'='%s': readers go by the ending of the name, which is .gz for gzip, .zst for"
                .formatted(path, compression)
            + " zstd");
  }
}

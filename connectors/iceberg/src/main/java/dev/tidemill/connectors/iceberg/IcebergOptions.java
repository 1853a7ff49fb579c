package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.table.InputKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table's WITH says.
 *
 * @param path of the table's directory, or of one of its metadata files, as it was written
 * @param kind how standing queries read it
 * @param snapshot the snapshot that is read for ever, or null for the newest
 * @param skipsOverwrites whether standing queries pass over snapshots that remove rows
 * @param createTable whether a missing table is made
 * @param partitionedBy of a table that is made, empty for none
 * @param formatVersion of a table that is made
 */
record IcebergOptions(
    String path,
    InputKind kind,
    @Nullable Long snapshot,
    boolean skipsOverwrites,
    boolean createTable,
    String partitionedBy,
    int formatVersion) {
  static final List<ConnectorOption> KNOWN =
      List.of(
          new ConnectorOption(
              "path",
              true,
              "the table's directory on the local file system, or one of its metadata files, which is then read as it is"),
          new ConnectorOption(
              "create_table", false, "whether a missing table is made: false by default"),
          new ConnectorOption(
              "partitioned_by",
              false,
              "of a table that is made: columns, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(n, c), apart by commas"),
          new ConnectorOption(
              "format_version",
              false,
              "of a table that is made: 2 by default, or 3, which has times of nanoseconds"),
          new ConnectorOption(
              "snapshot_id", false, "the snapshot that is read; by default the newest"),
          new ConnectorOption(
              "overwrites",
              false,
              "what a standing query does where a snapshot removed or replaced rows: refuse by default, or skip"),
          new ConnectorOption("bounded", false, "whether no rows will come: false by default"),
          new ConnectorOption(
              "static", false, "whether standing queries read it once: false by default"));

  /** Of the same table as a snapshot has it. */
  IcebergOptions pinned(long number) {
    return new IcebergOptions(
        path, InputKind.STATIC, number, skipsOverwrites, false, "", formatVersion);
  }

  static IcebergOptions read(OptionReader options) {
    String path = options.required("path");
    String snapshot = options.text("snapshot_id");
    InputKind kind =
        options.flag("static", false) || snapshot != null
            ? InputKind.STATIC
            : options.flag("bounded", false) ? InputKind.BOUNDED : InputKind.GROWING;
    IcebergOptions read =
        new IcebergOptions(
            path,
            kind,
            snapshot == null ? null : (Long) options.number("snapshot_id", 0, 1),
            options.choice("overwrites", "refuse", List.of("refuse", "skip")).equals("skip"),
            options.flag("create_table", false),
            options.text("partitioned_by", ""),
            Integer.parseInt(options.choice("format_version", "2", List.of("2", "3"))));
    options.checkAllKnown();
    return read;
  }
}

/**
 * Apache Iceberg tables on the local file system as tables: {@link
 * dev.tidemill.connectors.iceberg.IcebergConnector}. Metadata is read and committed by Iceberg's
 * own library over {@link dev.tidemill.connectors.iceberg.DirectoryTable}; data files are read and
 * written as Parquet by storage. Reading starts at {@link
 * dev.tidemill.connectors.iceberg.IcebergTable}, writing at {@link
 * dev.tidemill.connectors.iceberg.IcebergSink}. Knows nothing above storage, and no class of
 * Hadoop.
 */
@NullMarked
package dev.tidemill.connectors.iceberg;

import org.jspecify.annotations.NullMarked;

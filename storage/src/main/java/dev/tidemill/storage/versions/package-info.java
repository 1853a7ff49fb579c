/**
 * Tables of segments: rows are added as segments, removed by number, and every commit is a snapshot
 * that can be read as long as it is kept. Start with {@link
 * dev.tidemill.storage.versions.VersionedTable}; {@link dev.tidemill.storage.versions.SegmentStore}
 * is where segments are kept.
 */
@NullMarked
package dev.tidemill.storage.versions;

import org.jspecify.annotations.NullMarked;

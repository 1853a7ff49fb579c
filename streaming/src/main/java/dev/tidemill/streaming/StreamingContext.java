package dev.tidemill.streaming;

import dev.tidemill.foundation.memory.DiskMemory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.StatePlace;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.streaming.pipeline.PipelineFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What standing queries need of the engine.
 *
 * @param files the file system that {@code directory} is on
 * @param directory path of the database's directory for checkpoints, or null where nothing is kept
 * @param memory what state is charged to
 * @param stateFiles directory for state that is on disk; it is made when it is needed
 * @param clock the time of steps
 */
public record StreamingContext(
    Catalog catalog,
    PipelineFactory pipelines,
    FileSystem files,
    @Nullable String directory,
    MemoryScope memory,
    Path stateFiles,
    InstantSource clock,
    QueryListener listener) {
  /** What a query's state, all of them together, may have of the budget before it goes to disk. */
  private static final int PART = 2;

  /** Where the state of a query is. */
  DiskMemory disk(@Nullable StatePlace place) {
    DiskMemory.Use use =
        switch (place == null ? StatePlace.AUTO : place) {
          case AUTO -> DiskMemory.Use.WHEN_FULL;
          case MEMORY -> DiskMemory.Use.NEVER;
          case DISK -> DiskMemory.Use.ALWAYS;
        };
    return new DiskMemory(stateFiles, use, memory, memory.budget() / PART);
  }
}

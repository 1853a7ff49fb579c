package dev.tidemill.streaming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.streaming.log.StepLog;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.MemoryStateVersion;
import dev.tidemill.streaming.state.StateSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a database directory:
 *
 * <pre>
 *   streaming/steps.log                      what steps take, before they take it
 *   streaming/queries/ID/query.json          definition, stored plan, status
 *   streaming/queries/ID/step-000….state     the state after a step; the newest that is whole counts
 * </pre>
 */
final class CheckpointStore {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final String QUERY = "query.json";
  private static final String DROPPED = "dropped";
  private static final String SNAPSHOT_PREFIX = "step-";
  private static final String SNAPSHOT = ".state";

  private final FileSystem files;
  private final String root;

  /**
   * @param root path of the database's streaming directory
   */
  CheckpointStore(FileSystem files, String root) {
    this.files = files;
    this.root = root;
  }

  StepLog openLog() {
    files.deleteTemporaries(root);
    return new StepLog(files, root + "/steps.log");
  }

  /** What was found of a query. */
  sealed interface Found {
    String id();
  }

  record Readable(StoredQuery query) implements Found {
    @Override
    public String id() {
      return query.id();
    }
  }

  /**
   * One that cannot be resumed.
   *
   * @param definition as far as it can be read, or null
   */
  record Unreadable(String id, @Nullable QueryDefinition definition, TidemillException cause)
      implements Found {}

  /** All queries, in the order they were created; unreadable ones last. */
  List<Found> queries() {
    List<Found> queries = new ArrayList<>();
    for (FileStatus file : files.list(root + "/queries", name -> true)) {
      if (FileSystem.name(file.path()).equals(QUERY)) {
        String id = FileSystem.name(FileSystem.parent(file.path()));
        Found found = read(id, file.path());
        if (found == null) {
          sweep(id);
        } else {
          queries.add(found);
        }
      }
    }
    queries.sort(
        Comparator.comparingLong(
            found -> found instanceof Readable of ? of.query().number() : Long.MAX_VALUE));
    return queries;
  }

  /** The query of an id as it is kept now, or null where it was dropped. */
  @Nullable Found query(String id) {
    return read(id, directory(id) + "/" + QUERY);
  }

  private @Nullable Found read(String id, String path) {
    QueryDefinition definition = null;
    try {
      files.deleteTemporaries(directory(id));
      JsonNode tree = MAPPER.readTree(files.readText(path));
      if (tree.path(DROPPED).asBoolean()) {
        return null;
      }
      definition = definition(tree);
      int version = tree.path("version").asInt();
      if (version != StoredQuery.VERSION) {
        throw StreamingErrors.unknownVersion(path, version, StoredQuery.VERSION);
      }
      int planVersion = tree.path("plan").path("version").asInt();
      if (planVersion != StandingPlan.VERSION) {
        throw StreamingErrors.unknownVersion("plan in " + path, planVersion, StandingPlan.VERSION);
      }
      return new Readable(MAPPER.treeToValue(tree, StoredQuery.class));
    } catch (JsonProcessingException e) {
      return new Unreadable(id, definition, StreamingErrors.damaged(path, e.getOriginalMessage()));
    } catch (TidemillException e) {
      return new Unreadable(id, definition, e);
    }
  }

  private static @Nullable QueryDefinition definition(JsonNode tree) {
    try {
      JsonNode definition = tree.path("definition");
      return definition.path("name").isTextual()
          ? MAPPER.treeToValue(definition, QueryDefinition.class)
          : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  void put(StoredQuery query) {
    try {
      files.put(
          directory(query.id()) + "/" + QUERY,
          MAPPER.writeValueAsString(query).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a query that JSON cannot hold", e);
    }
  }

  /** Forgets a query, durably. What is left of its files is swept away when it can be. */
  void delete(String id) {
    files.put(
        directory(id) + "/" + QUERY,
        ("{\"" + DROPPED + "\":true}").getBytes(StandardCharsets.UTF_8));
    sweep(id);
  }

  /** Deletes what a query that was dropped has left; its definition last. */
  private void sweep(String id) {
    try {
      files.deleteTemporaries(directory(id));
      for (FileStatus file : files.list(directory(id))) {
        if (!file.name().equals(QUERY)) {
          files.delete(file.path());
        }
      }
      files.delete(directory(id) + "/" + QUERY);
      files.delete(directory(id));
    } catch (TidemillException later) {
      return;
    }
  }

  String directory(String id) {
    return root + "/queries/" + id;
  }

  /** Writes a snapshot, durably, and deletes older ones but the last before it. */
  void writeSnapshot(String id, MemoryStateVersion version) {
    String path =
        directory(id) + "/" + SNAPSHOT_PREFIX + "%012d".formatted(version.step()) + SNAPSHOT;
    List<FileStatus> older = snapshots(id);
    older.removeIf(file -> file.path().equals(path));
    try (FileOutput output = files.create(path)) {
      StateSnapshot.write(version, stream(output));
      output.commit();
    } catch (IOException e) {
      throw StreamingErrors.damaged(path, String.valueOf(e.getMessage()));
    }
    for (int i = 1; i < older.size(); i++) {
      files.delete(older.get(i).path());
    }
  }

  /**
   * The newest state that can be read whole, or null where there is none.
   *
   * @throws TidemillException STATE_SNAPSHOT_DAMAGED, STATE_SNAPSHOT_VERSION_UNKNOWN, naming the
   *     newest; MEMORY_LIMIT_EXCEEDED
   */
  @Nullable MemoryState readSnapshot(String id, MemoryScope scope) {
    TidemillException damage = null;
    for (FileStatus file : snapshots(id)) {
      try (FileInput input = files.open(file.path())) {
        return StateSnapshot.read(stream(input), file.path(), scope);
      } catch (TidemillException e) {
        if (e.kind() != ErrorKind.EXTERNAL) {
          throw e;
        }
        damage = damage == null ? e : damage;
      } catch (IOException e) {
        throw StreamingErrors.damaged(file.path(), String.valueOf(e.getMessage()));
      }
    }
    if (damage != null) {
      throw damage;
    }
    return null;
  }

  /** The steps that snapshots are of, whole or not, the newest first. */
  List<Long> snapshotSteps(String id) {
    return snapshots(id).stream().map(file -> step(file.path())).toList();
  }

  private static long step(String path) {
    String name = FileSystem.name(path);
    try {
      return Long.parseLong(
          name.substring(SNAPSHOT_PREFIX.length(), name.length() - SNAPSHOT.length()));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw StreamingErrors.damaged(path, "its name is no step's");
    }
  }

  /** Newest first. */
  private List<FileStatus> snapshots(String id) {
    List<FileStatus> snapshots = new ArrayList<>();
    for (FileStatus file : files.list(directory(id))) {
      if (file.path().endsWith(SNAPSHOT)) {
        snapshots.add(file);
      }
    }
    snapshots.sort(Comparator.comparing(FileStatus::path).reversed());
    return snapshots;
  }

  private static OutputStream stream(FileOutput output) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        output.write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int count) {
        output.write(bytes, offset, count);
      }
    };
  }

  private static InputStream stream(FileInput input) {
    return new InputStream() {
      private long position;

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int count) {
        int read = input.read(position, bytes, offset, count);
        position += Math.max(read, 0);
        return read;
      }
    };
  }
}

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
import dev.tidemill.streaming.state.StateSnapshot;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a database directory:
 *
 * <pre>
 *   streaming/steps.log                      what steps take, before they take it
 *   streaming/queries/ID/query.json          definition, stored plan, status
 *   streaming/queries/ID/step-000….state     snapshots of the state, called after the step at which they were
 *                                            begun: all of it, or what changed since the one it names
 * </pre>
 *
 * The newest snapshot that is whole, with those it builds on, counts.
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
    putDropped(id);
    sweep(id);
  }

  /** Begins a query that is not there before {@link #put}: what a crash leaves is swept away. */
  void begin(String id) {
    putDropped(id);
  }

  private void putDropped(String id) {
    files.put(
        directory(id) + "/" + QUERY,
        ("{\"" + DROPPED + "\":true}").getBytes(StandardCharsets.UTF_8));
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

  /** Begins a snapshot of a query's state, called after a step that is not after its own. */
  FileOutput createSnapshot(String id, long name) {
    return files.create(snapshotPath(id, name));
  }

  private String snapshotPath(String id, long name) {
    return directory(id) + "/" + SNAPSHOT_PREFIX + "%012d".formatted(name) + SNAPSHOT;
  }

  /** Deletes the snapshots of a query that are called otherwise. */
  void keepSnapshots(String id, Set<Long> names) {
    for (FileStatus file : snapshots(id)) {
      if (!names.contains(name(file.path()))) {
        files.delete(file.path());
      }
    }
  }

  /**
   * What was read of a query's snapshots.
   *
   * @param names what those are called that are needed for it
   * @param bytes that they have together
   */
  record Restored(MemoryState state, Set<Long> names, long bytes) {}

  /**
   * The newest state that can be read whole, or null where there is none.
   *
   * @throws TidemillException STATE_SNAPSHOT_DAMAGED, STATE_SNAPSHOT_VERSION_UNKNOWN, of the
   *     newest; MEMORY_LIMIT_EXCEEDED
   */
  @Nullable Restored readSnapshots(String id, MemoryScope scope) {
    TidemillException damage = null;
    for (FileStatus file : snapshots(id)) {
      try {
        Deque<Snapshot> chain = new ArrayDeque<>();
        Set<Long> names = new HashSet<>();
        for (long next = name(file.path()); next >= 0; next = chain.getFirst().end().base()) {
          if (!names.add(next)) {
            throw StreamingErrors.damaged(snapshotPath(id, next), "it is its own base");
          }
          chain.addFirst(snapshot(snapshotPath(id, next)));
        }
        long bytes = chain.stream().mapToLong(Snapshot::bytes).sum();
        return new Restored(StateSnapshot.read(List.copyOf(chain), scope), names, bytes);
      } catch (TidemillException e) {
        if (e.kind() != ErrorKind.EXTERNAL) {
          throw e;
        }
        damage = damage == null ? e : damage;
      }
    }
    if (damage != null) {
      throw damage;
    }
    return null;
  }

  /** A snapshot whose end is whole. */
  private record Snapshot(FileSystem files, String path, long bytes, StateSnapshot.End end)
      implements StateSnapshot.Source {
    @Override
    public String name() {
      return path;
    }

    @Override
    public InputStream open() {
      return stream(files.open(path));
    }
  }

  private Snapshot snapshot(String path) {
    try (FileInput input = files.open(path)) {
      byte[] begin = new byte[(int) Math.min(input.size(), StateSnapshot.BEGIN_BYTES)];
      input.readFully(0, begin, 0, begin.length);
      byte[] end = new byte[(int) Math.min(input.size(), StateSnapshot.END_BYTES)];
      input.readFully(input.size() - end.length, end, 0, end.length);
      return new Snapshot(files, path, input.size(), StateSnapshot.end(begin, end, path));
    }
  }

  /**
   * What the snapshots are called, whole or not, the newest first: each is of that step or a later
   * one.
   */
  List<Long> snapshotNames(String id) {
    return snapshots(id).stream().map(file -> name(file.path())).toList();
  }

  private static long name(String path) {
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

      @Override
      public void close() {
        input.close();
      }
    };
  }
}

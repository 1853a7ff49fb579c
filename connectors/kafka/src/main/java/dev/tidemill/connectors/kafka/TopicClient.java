package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.error.TidemillException;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers about a topic and lends consumers. Every answer is waited for at most as long as
 * the table's options say; what goes wrong is an EXTERNAL error that names the servers. Any thread.
 * Connections are closed when nobody has this any more.
 */
final class TopicClient {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int IDLE_CONSUMERS = 4;
  private static final String FETCH_BYTES = "fetch.max.bytes";
  private static final long MIN_FETCH_BYTES = 1 << 20;
  private static final long MAX_FETCH_BYTES = 16 << 20;
  private static final int PARTS_OF_BUDGET = 32;

  private final KafkaOptions options;
  private final Properties consumers;
  private final Connections connections;
  private @Nullable Topic topic;
  private long topicNanos;

  /** A topic as it is now. */
  record Topic(String id, int partitions) {}

  /** What is open, to be closed by the cleaner. */
  private static final class Connections implements Runnable {
    private final Deque<Consumer<byte[], byte[]>> idle = new ArrayDeque<>();
    private @Nullable Admin admin;
    private boolean closed;

    synchronized Admin admin(Supplier<Admin> made) {
      Admin open = admin;
      if (open == null) {
        open = made.get();
        admin = open;
      }
      return open;
    }

    synchronized @Nullable Consumer<byte[], byte[]> take() {
      return idle.pollLast();
    }

    /** Keeps a consumer for later; false where it is to be closed. */
    synchronized boolean keep(Consumer<byte[], byte[]> consumer) {
      return !closed && idle.size() < IDLE_CONSUMERS && idle.add(consumer);
    }

    @Override
    public void run() {
      List<AutoCloseable> open = new ArrayList<>();
      synchronized (this) {
        closed = true;
        open.addAll(idle);
        idle.clear();
        if (admin != null) {
          open.add(admin);
        }
      }
      for (AutoCloseable client : open) {
        closeQuietly(client);
      }
    }
  }

  /**
   * @param memoryBytes the memory there is for everything
   */
  TopicClient(KafkaOptions options, long memoryBytes) {
    this.options = options;
    long most = Math.clamp(memoryBytes / PARTS_OF_BUDGET, MIN_FETCH_BYTES, MAX_FETCH_BYTES);
    this.consumers = options.consumer((int) most);
    this.connections = new Connections();
    CLEANER.register(this, connections);
  }

  KafkaOptions options() {
    return options;
  }

  /** Does something once nobody has an object any more, which the action must not. */
  static void whenGone(Object object, Runnable action) {
    CLEANER.register(object, action);
  }

  /** Closes all connections that are not lent. */
  void close() {
    connections.run();
  }

  /** Closes a client whose connection may be broken, at once. */
  static void closeQuietly(AutoCloseable client) {
    try {
      switch (client) {
        case Admin admin -> admin.close(Duration.ZERO);
        case KafkaConsumer<?, ?> consumer ->
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        default -> client.close();
      }
    } catch (Exception e) {
      // Nothing is lost with a connection that was given up.
      return;
    }
  }

  /** What a consumer that is lent may hold, beside the records that it gave: to be charged. */
  long fetchBytes() {
    String bytes = String.valueOf(consumers.get(FETCH_BYTES));
    try {
      return Long.parseLong(bytes);
    } catch (NumberFormatException e) {
      // the clients will say so
      return 0;
    }
  }

  private Admin admin() {
    return connections.admin(
        () -> {
          try {
            return Admin.create(options.admin());
          } catch (KafkaException e) {
            throw KafkaErrors.badProperties(e);
          }
        });
  }

  /** The topic, looked at anew now and then. */
  synchronized Topic topic() {
    Topic known = topic;
    long ageNanos = System.nanoTime() - topicNanos;
    if (known != null && ageNanos < TimeUnit.MILLISECONDS.toNanos(options.discoveryMillis())) {
      return known;
    }
    TopicDescription found =
        await(admin().describeTopics(List.of(options.topic())).allTopicNames())
            .get(options.topic());
    if (found == null) {
      throw KafkaErrors.noTopic(options.topic(), options.servers());
    }
    Topic now = new Topic(found.topicId().toString(), found.partitions().size());
    topic = now;
    topicNanos = System.nanoTime();
    return now;
  }

  /** Whether records within the topic may go, as far as may be known. */
  boolean mayBeCompacted() {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, options.topic());
    try {
      Config config = await(admin().describeConfigs(List.of(resource)).all()).get(resource);
      ConfigEntry policy = config == null ? null : config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
      return policy == null
          || policy.value() == null
          || policy.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG
          || policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    } catch (TidemillException notAllowed) {
      return true;
    }
  }

  /** The topic, looked at now. */
  synchronized Topic topicNow() {
    topic = null;
    return topic();
  }

  /** Per partition the offset behind the last committed record: the last stable offset. */
  long[] ends(int partitions) {
    return offsets(partitions, OffsetSpec.latest());
  }

  /** Per partition the offset of the first record there is, or would be. */
  long[] starts(int partitions) {
    return offsets(partitions, OffsetSpec.earliest());
  }

  /**
   * Per partition the offset of the first record of at least a time, or the end where there is
   * none.
   */
  long[] offsetsOf(long millis, int partitions) {
    long[] found = offsets(partitions, OffsetSpec.forTimestamp(millis));
    long[] ends = ends(partitions);
    for (int i = 0; i < found.length; i++) {
      found[i] = found[i] < 0 ? ends[i] : Math.min(found[i], ends[i]);
    }
    return found;
  }

  private long[] offsets(int partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      wanted.put(partition(i), spec);
    }
    Map<TopicPartition, ListOffsetsResultInfo> found =
        await(
            admin()
                .listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all());
    long[] offsets = new long[partitions];
    found.forEach((partition, info) -> offsets[partition.partition()] = info.offset());
    return offsets;
  }

  /** What a consumer group keeps of partition 0, transactions of it ended first; or null. */
  @Nullable OffsetAndMetadata committed(String group) {
    try {
      return await(
              admin()
                  .listConsumerGroupOffsets(
                      group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                  .partitionsToOffsetAndMetadata())
          .get(partition(0));
    } catch (InvalidGroupIdException e) {
      throw KafkaErrors.failed(options, e);
    }
  }

  private <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get(options.timeoutMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof UnknownTopicOrPartitionException) {
        topic = null;
      }
      throw KafkaErrors.failed(options, cause);
    } catch (TimeoutException e) {
      throw KafkaErrors.unreachable(options.servers(), options.timeoutMillis(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw KafkaErrors.failed(options, e);
    }
  }

  TopicPartition partition(int number) {
    return new TopicPartition(options.topic(), number);
  }

  /** Lends a consumer, which is assigned to nothing that matters. */
  Consumer<byte[], byte[]> borrow() {
    Consumer<byte[], byte[]> idle = connections.take();
    if (idle != null) {
      return idle;
    }
    try {
      return new KafkaConsumer<>(
          consumers, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw KafkaErrors.badProperties(e);
    }
  }

  /** Takes a consumer back. */
  void giveBack(Consumer<byte[], byte[]> consumer) {
    try {
      consumer.assign(List.of());
    } catch (KafkaException e) {
      closeQuietly(consumer);
      return;
    }
    if (!connections.keep(consumer)) {
      closeQuietly(consumer);
    }
  }

  /** Points a consumer at places. */
  static void seek(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> places) {
    Collection<TopicPartition> partitions = places.keySet();
    consumer.assign(partitions);
    places.forEach(consumer::seek);
  }
}

package dev.tidemill.connectors.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker of Apache Kafka in a process of its own, on loopback, and what tests do with it. */
final class Broker implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  /** How often {@link #send} is tried; the producer gives up after 20 s. */
  private static final int SENDS = 15;

  private final Path directory;
  private final String servers;
  private final Admin admin;
  private KafkaProducer<String, String> producer;
  private Process process;

  private Broker(Path directory, int port) throws IOException {
    this.directory = directory;
    this.process = launch(directory);
    this.servers = "127.0.0.1:" + port;
    this.admin = Admin.create(Map.of("bootstrap.servers", servers));
    this.producer = new KafkaProducer<>(properties());
  }

  private Properties properties() {
    Properties all = new Properties();
    all.put("bootstrap.servers", servers);
    all.put("key.serializer", StringSerializer.class);
    all.put("value.serializer", StringSerializer.class);
    all.put("request.timeout.ms", "10000");
    all.put("delivery.timeout.ms", "20000");
    return all;
  }

  /** Starts one with its files in {@code directory}. */
  static Broker start(Path directory) {
    try {
      int port = freePort();
      int controller = freePort();
      Path properties = directory.resolve("server.properties");
      Files.createDirectories(directory);
      Files.writeString(
          properties,
          """
          process.roles=broker,controller
          node.id=1
          controller.quorum.voters=1@127.0.0.1:%2$d
          listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
          advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
          controller.listener.names=CONTROLLER
          listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
          log.dirs=%3$s
          offsets.topic.replication.factor=1
          offsets.topic.num.partitions=1
          transaction.state.log.replication.factor=1
          transaction.state.log.min.isr=1
          transaction.state.log.num.partitions=1
          transaction.abort.timed.out.transaction.cleanup.interval.ms=500
          group.initial.rebalance.delay.ms=0
          auto.create.topics.enable=false
          log.initial.task.delay.ms=500
          log.cleaner.backoff.ms=100
          log.cleaner.min.cleanable.ratio=0.01
          log.cleaner.dedupe.buffer.size=10000000
          """
              .formatted(port, controller, directory.resolve("log")));
      Broker broker = new Broker(directory, port);
      broker.awaitReady();
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process launch(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            BrokerMain.class.getName(),
            directory.resolve("server.properties").toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("broker.out").toFile())
        .start();
  }

  /** Ends the process at once, in the middle of whatever it does. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again with the files that it left, at the same place. */
  void startAgain() {
    try {
      process = launch(directory);
      awaitReady();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The admin client itself tries again until the broker answers. */
  private void awaitReady() {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        admin.describeCluster().nodes().get(2, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          close();
          throw new IllegalStateException("the broker does not start:\n" + output(), e);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The last 100 lines that the broker printed. */
  private String output() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("broker.out"));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 100), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String servers() {
    return servers;
  }

  Admin admin() {
    return admin;
  }

  static <T> T await(Future<T> answer) {
    try {
      return answer.get(120, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void create(String topic, int partitions, Map<String, String> settings) {
    await(
        admin
            .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
            .all());
  }

  void create(String topic, int partitions) {
    create(topic, partitions, Map.of());
  }

  void delete(String topic) {
    await(admin.deleteTopics(List.of(topic)).all());
  }

  void addPartitions(String topic, int total) {
    await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all());
  }

  /** Removes what is before an offset, as retention does. */
  void deleteBefore(String topic, int partition, long offset) {
    await(
        admin
            .deleteRecords(
                Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
            .all());
  }

  void send(String topic, int partition, String... values) {
    sendAll(
        new TopicPartition(topic, partition),
        Arrays.stream(values)
            .map(value -> new ProducerRecord<String, String>(topic, partition, null, value))
            .toList());
  }

  void sendKeyed(String topic, int partition, long timestamp, String key, String value) {
    sendAll(
        new TopicPartition(topic, partition),
        List.of(new ProducerRecord<>(topic, partition, timestamp, key, value)));
  }

  /**
   * Appends each record once, in their order. A broker on a busy machine may leave a producer
   * without an answer: what is not in the partition then is sent again by another producer.
   */
  private void sendAll(TopicPartition partition, List<ProducerRecord<String, String>> records) {
    long before = end(partition);
    int written = 0;
    for (int trial = 1; ; trial++) {
      try {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (ProducerRecord<String, String> record : records.subList(written, records.size())) {
          sent.add(producer.send(record));
        }
        sent.forEach(Broker::await);
        return;
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof ExecutionException failure
                && failure.getCause() instanceof TimeoutException)
            || trial == SENDS) {
          throw new IllegalStateException(output(), e);
        }
        System.err.println(
            "nothing sent to " + partition + ", tried again: " + e + "\n" + output());
        producer.close(Duration.ZERO);
        producer = new KafkaProducer<>(properties());
        written = (int) (end(partition) - before);
      }
    }
  }

  private long end(TopicPartition partition) {
    return await(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all())
        .get(partition)
        .offset();
  }

  /** A producer of transactions. */
  KafkaProducer<String, String> transactional(String id) {
    Properties all = properties();
    all.put("transactional.id", id);
    KafkaProducer<String, String> made = new KafkaProducer<>(all);
    made.initTransactions();
    return made;
  }

  /** Writes values of which nobody is to see anything. */
  void sendAborted(String topic, int partition, String... values) {
    try (KafkaProducer<String, String> transactions = transactional("aborts")) {
      transactions.beginTransaction();
      for (String value : values) {
        transactions.send(new ProducerRecord<>(topic, partition, null, value));
      }
      transactions.flush();
      transactions.abortTransaction();
    }
  }

  /** All that is committed in a topic: key and value, by partition. */
  List<String> read(String topic) {
    Properties all = new Properties();
    all.put("bootstrap.servers", servers);
    all.put("isolation.level", "read_committed");
    all.put("enable.auto.commit", "false");
    List<String> found = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          found.add(
              (record.key() == null ? "" : record.key() + " ") + String.valueOf(record.value()));
        }
      }
    }
    return found;
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
    kill();
  }
}

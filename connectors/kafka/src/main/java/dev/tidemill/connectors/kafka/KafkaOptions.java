package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * Where a topic is and how its brokers are spoken to.
 *
 * @param servers host:port, comma separated
 * @param timeoutMillis how long an answer of the brokers is waited for, with all retries
 * @param discoveryMillis how often partitions are looked for
 * @param properties the user's own client properties
 */
record KafkaOptions(
    String topic,
    String servers,
    long timeoutMillis,
    long discoveryMillis,
    Map<String, String> properties) {
  static final String PROPERTIES = "properties.";
  private static final long DEFAULT_TIMEOUT_MILLIS = 10_000;
  private static final long DEFAULT_DISCOVERY_MILLIS = 5_000;

  /** Client properties that the connector itself sets, and what is said instead. */
  private static final Map<String, String> OWN =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "say 'bootstrap_servers'"),
          Map.entry("key.deserializer", "say 'format'"),
          Map.entry("value.deserializer", "say 'format'"),
          Map.entry("key.serializer", "say 'format'"),
          Map.entry("value.serializer", "say 'format'"),
          Map.entry("auto.offset.reset", "say 'start'"),
          Map.entry("isolation.level", "only committed records are read"),
          Map.entry("enable.auto.commit", "a query keeps its own offsets"),
          Map.entry("group.id", "a query keeps its own offsets"),
          Map.entry("group.instance.id", "a query keeps its own offsets"),
          Map.entry("group.protocol", "a query keeps its own offsets"),
          Map.entry("transactional.id", "say 'transaction_prefix'"),
          Map.entry("enable.idempotence", "a step is written exactly once"),
          Map.entry("acks", "a step is written exactly once"));

  KafkaOptions {
    properties = Map.copyOf(properties);
  }

  static KafkaOptions of(TableDefinition definition, OptionReader options) {
    Map<String, String> properties = new HashMap<>();
    for (String option : definition.options().keySet()) {
      if (option.startsWith(PROPERTIES) && option.length() > PROPERTIES.length()) {
        String name = option.substring(PROPERTIES.length());
        String instead = OWN.get(name.toLowerCase(Locale.ROOT));
        if (instead != null) {
          throw KafkaErrors.ownProperty(name, instead);
        }
        properties.put(name, options.text(option, ""));
      }
    }
    return new KafkaOptions(
        options.required("topic"),
        options.required("bootstrap_servers"),
        options.number("timeout_millis", DEFAULT_TIMEOUT_MILLIS, 100),
        options.number("discovery_millis", DEFAULT_DISCOVERY_MILLIS, 0),
        properties);
  }

  /** What every client has; the user's own properties win over limits of time. */
  private Properties common() {
    Properties all = new Properties();
    String timeout = Long.toString(Math.min(timeoutMillis, Integer.MAX_VALUE / 4));
    all.put("bootstrap.servers", servers);
    all.put("client.id", "tidemill");
    all.put("request.timeout.ms", timeout);
    all.put("socket.connection.setup.timeout.ms", timeout);
    all.put("socket.connection.setup.timeout.max.ms", timeout);
    all.put("reconnect.backoff.ms", "50");
    all.put("reconnect.backoff.max.ms", "1000");
    all.put("retry.backoff.ms", "100");
    all.put("retry.backoff.max.ms", "1000");
    all.put("enable.metrics.push", "false");
    all.put("metric.reporters", "");
    return all;
  }

  Properties admin() {
    Properties all = common();
    all.put("default.api.timeout.ms", all.get("request.timeout.ms"));
    all.putAll(properties);
    return all;
  }

  /**
   * @param fetchBytes what a consumer may hold of records that nobody has asked it for yet
   */
  Properties consumer(int fetchBytes) {
    Properties all = common();
    all.put("default.api.timeout.ms", all.get("request.timeout.ms"));
    all.put("max.poll.records", "10000");
    all.put("fetch.max.bytes", Integer.toString(fetchBytes));
    all.put("max.partition.fetch.bytes", Integer.toString(fetchBytes / 4));
    all.putAll(properties);
    all.put("isolation.level", "read_committed");
    all.put("auto.offset.reset", "none");
    all.put("enable.auto.commit", "false");
    all.put("allow.auto.create.topics", "false");
    return all;
  }

  Properties producer(String transactionalId, long transactionMillis) {
    Properties all = common();
    all.put("max.block.ms", all.get("request.timeout.ms"));
    all.put(
        "delivery.timeout.ms", Long.toString(Math.min(timeoutMillis * 2, Integer.MAX_VALUE / 2)));
    all.put("linger.ms", "5");
    all.put("batch.size", Integer.toString(256 << 10));
    all.put("transaction.timeout.ms", Long.toString(transactionMillis));
    all.putAll(properties);
    all.put("transactional.id", transactionalId);
    all.put("enable.idempotence", "true");
    all.put("acks", "all");
    return all;
  }
}

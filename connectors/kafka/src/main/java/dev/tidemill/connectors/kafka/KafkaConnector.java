package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.files.ChangelogFormat;
import dev.tidemill.storage.files.ChangelogOptions;
import dev.tidemill.storage.files.ChangelogTable;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileFormatProvider;
import dev.tidemill.storage.files.FileFormats;
import dev.tidemill.storage.files.RecordFormat;
import dev.tidemill.storage.files.RejectLog;
import dev.tidemill.storage.files.TableDirectory;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code 'connector'='kafka'}: tables over topics of Apache Kafka. */
public final class KafkaConnector implements Connector {
  private static final String DEFAULT_FORMAT = "json";
  private static final String DEFAULT_START = "earliest";
  private static final String DEFAULT_PREFIX = "tidemill";
  private static final long DEFAULT_TRANSACTION_MILLIS = 300_000;

  private final Map<String, FileFormatProvider> formats = formats();

  /** Where tables begin that no directory keeps, and those in use. */
  private final Map<String, TopicBeginning> beginnings = new HashMap<>();

  private static Map<String, FileFormatProvider> formats() {
    Map<String, FileFormatProvider> formats = new TreeMap<>();
    new FileFormats()
        .providers()
        .forEach(
            (name, provider) -> {
              if (provider.readsRecords()) {
                formats.put(name, provider);
              }
            });
    return formats;
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public List<ConnectorOption> options() {
    List<ConnectorOption> options = new ArrayList<>();
    options.add(new ConnectorOption("topic", true, "the topic's name"));
    options.add(
        new ConnectorOption("bootstrap_servers", true, "brokers, host:port, comma separated"));
    options.add(
        new ConnectorOption(
            "format",
            false,
            "what records' values are: %s; json by default"
                .formatted(String.join(", ", formatNames()))));
    options.add(
        new ConnectorOption(
            AvroFormat.SCHEMA,
            false,
            "of format avro: the record schema, as JSON, that values are written in"));
    options.add(
        new ConnectorOption(
            "start",
            false,
            "where the table's rows begin: earliest (default), latest (what comes after CREATE TABLE), a TIMESTAMP, or offsets"
                + " per partition such as 0:42,1:7"));
    options.add(
        new ConnectorOption("bounded", false, "whether no records will come: false by default"));
    options.add(
        new ConnectorOption(
            "static", false, "whether standing queries read it once: false by default"));
    options.add(
        new ConnectorOption(
            "on_error",
            false,
            "what a record that cannot be read does: fail (default), or skip, which keeps it in TABLE$rejected"));
    for (MetadataColumn column : MetadataColumn.values()) {
      options.add(
          new ConnectorOption(
              column.option(),
              false,
              "the column that has the record's %s; %s"
                  .formatted(column.name().toLowerCase(Locale.ROOT), column.typeText())));
    }
    options.addAll(ChangelogOptions.options());
    options.add(
        new ConnectorOption(
            "timeout_millis",
            false,
            "how long the brokers' answers are waited for, with all retries: 10000 by default"));
    options.add(
        new ConnectorOption(
            "discovery_millis", false, "how often new partitions are looked for: 5000 by default"));
    options.add(
        new ConnectorOption(
            "transaction_prefix",
            false,
            "what transactional ids and consumer groups of sinks begin with: tidemill by default"));
    options.add(
        new ConnectorOption(
            "transaction_timeout_millis",
            false,
            "how long the brokers wait for a step of a sink to be committed: 300000 by default"));
    options.add(
        new ConnectorOption(
            KafkaOptions.PROPERTIES + "NAME",
            false,
            "the property NAME of Kafka's clients, such as properties.security.protocol"));
    formats.values().forEach(provider -> options.addAll(provider.options()));
    return options;
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    OptionReader options = new OptionReader(this, definition);
    KafkaOptions connection = KafkaOptions.of(definition, options);
    TopicColumns columns = TopicColumns.of(definition, options);
    String start = options.text("start", DEFAULT_START);
    StartOption.parse(start);
    boolean skips = options.choice("on_error", "fail", List.of("fail", "skip")).equals("skip");
    InputKind kind =
        options.flag("static", false)
            ? InputKind.STATIC
            : options.flag("bounded", false) ? InputKind.BOUNDED : InputKind.GROWING;
    String prefix = options.text("transaction_prefix", DEFAULT_PREFIX);
    long transactionMillis =
        options.number("transaction_timeout_millis", DEFAULT_TRANSACTION_MILLIS, 1_000);
    String formatName = options.text("format", DEFAULT_FORMAT).toLowerCase(Locale.ROOT);
    FileFormatProvider provider = formats.get(formatName);
    ChangelogOptions changelog = null;
    RecordFormat format;
    if (provider != null) {
      changelog = changelog(definition, options, provider);
      format = format(provider, options, changelog);
    } else if (formatName.equals(AvroFormat.NAME)) {
      requireNoEnforcedKey(definition);
      AvroFormat avro = new AvroFormat(options.text(AvroFormat.SCHEMA));
      avro.check(columns.values());
      format = avro;
    } else {
      throw KafkaErrors.unknownFormat(formatName, String.join(", ", formatNames()));
    }
    options.checkAllKnown();
    String directory = directory(definition, context);
    KafkaTableOptions tableOptions =
        new KafkaTableOptions(
            definition.name(),
            connection,
            format,
            kind,
            changelog != null ? Set.of() : sinkModes(columns),
            prefix,
            transactionMillis,
            context.files(),
            directory);
    RejectLog rejects =
        skips
            ? new RejectLog(
                context.files(),
                directory == null ? null : directory + "/rejected.log",
                definition.name(),
                definition.sql())
            : null;
    KafkaTable table =
        new KafkaTable(
            tableOptions,
            columns,
            new TopicClient(connection, context.memory().budget()),
            beginning(definition, context, start),
            rejects,
            context.memory());
    return changelog == null ? table : new ChangelogTable(table, changelog);
  }

  private static Set<SinkMode> sinkModes(TopicColumns columns) {
    return columns.key().isEmpty()
        ? EnumSet.of(SinkMode.APPEND)
        : EnumSet.of(SinkMode.APPEND, SinkMode.UPDATE);
  }

  private List<String> formatNames() {
    List<String> names = new ArrayList<>(formats.keySet());
    names.add(AvroFormat.NAME);
    return names;
  }

  private static RecordFormat format(
      FileFormatProvider provider, OptionReader options, @Nullable ChangelogOptions changelog) {
    Map<String, String> given = new HashMap<>();
    for (ConnectorOption option : provider.options()) {
      String value = options.text(option.name());
      if (value != null) {
        given.put(option.name(), value);
      }
    }
    if (changelog != null && changelog.full()) {
      given.put("before", "full");
    }
    FileFormat format = provider.create(given);
    return changelog == null ? format : new ChangelogFormat(format, changelog);
  }

  private static @Nullable ChangelogOptions changelog(
      TableDefinition definition, OptionReader options, FileFormatProvider provider) {
    boolean isChangelog = provider.readsChanges() || options.text("op_column") != null;
    if (!isChangelog) {
      requireNoEnforcedKey(definition);
    }
    return ChangelogOptions.of(definition, options, provider);
  }

  private static void requireNoEnforcedKey(TableDefinition definition) {
    if (definition.keyEnforced() && !definition.primaryKey().isEmpty()) {
      throw KafkaErrors.enforcedKey(definition.name());
    }
  }

  private static @Nullable String directory(TableDefinition definition, ConnectorContext context) {
    return context.databaseDirectory() == null
        ? null
        : "%s/kafka/%s"
            .formatted(
                context.databaseDirectory().toAbsolutePath().normalize(),
                TableDirectory.encoded(definition.name()));
  }

  private TopicBeginning beginning(
      TableDefinition definition, ConnectorContext context, String start) {
    String directory = directory(definition, context);
    synchronized (beginnings) {
      TopicBeginning known = beginnings.get(key(definition, context));
      if (known == null || !known.start().equals(start)) {
        known = new TopicBeginning(context.files(), directory, start);
        beginnings.put(key(definition, context), known);
      }
      return known;
    }
  }

  private static String key(TableDefinition definition, ConnectorContext context) {
    return Objects.requireNonNullElse(directory(definition, context), "memory/")
        + "\n"
        + definition.name().toLowerCase(Locale.ROOT);
  }

  /** Looks whether the topic is there, and where the table's rows begin. */
  @Override
  public void creating(TableDefinition definition, ConnectorContext context) {
    dropped(definition, context);
    open(definition, context);
    OptionReader options = new OptionReader(this, definition);
    TopicClient client =
        new TopicClient(KafkaOptions.of(definition, options), context.memory().budget());
    try {
      client.topic();
      beginning(definition, context, options.text("start", DEFAULT_START)).current(client);
    } finally {
      client.close();
    }
  }

  /** Forgets where the table began and which records were left out; the topic stays. */
  @Override
  public void dropped(TableDefinition definition, ConnectorContext context) {
    synchronized (beginnings) {
      beginnings.remove(key(definition, context));
    }
    String directory = directory(definition, context);
    if (directory == null) {
      return;
    }
    for (FileStatus file : context.files().list(directory)) {
      context.files().delete(file.path());
    }
    if (context.files().stat(directory) != null) {
      context.files().deleteTemporaries(directory);
      context.files().delete(directory);
    }
  }
}

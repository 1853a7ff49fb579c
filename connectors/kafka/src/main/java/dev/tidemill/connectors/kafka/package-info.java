/**
 * Tables over the topics of Apache Kafka. Start with {@link
 * dev.tidemill.connectors.kafka.KafkaConnector}; {@code KafkaTable} reads, {@code KafkaSink}
 * writes, {@code TopicClient} is what speaks to the brokers. Depends on storage, never on what
 * plans or runs queries.
 */
@NullMarked
package dev.tidemill.connectors.kafka;

import org.jspecify.annotations.NullMarked;

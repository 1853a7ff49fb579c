package dev.tidemill.storage.catalog;

/**
 * An option of a connector.
 *
 * @param name lower case
 * @param required whether it must be given
 * @param description what it is and its default, a sentence
 */
public record ConnectorOption(String name, boolean required, String description) {}

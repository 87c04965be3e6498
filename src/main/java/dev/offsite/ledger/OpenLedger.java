package dev.offsite.ledger;

import dev.offsite.cluster.TextMap;

/**
 * A ledger that is open: where its maps are, and these.
 *
 * @param known what this node keeps in memory of the copies
 */
record OpenLedger(
        LedgerMaps place,
        TextMap copies,
        KnownCopies known,
        OpenFolders openFolders,
        TextMap unsettled,
        TextMap searched,
        TextMap published) {

    static OpenLedger of(LedgerMaps place) {
        TextMap copies = place.map("copies");
        return new OpenLedger(
                place,
                copies,
                place.node().isEmpty() ? KnownCopies.NONE : new KnownCopies(copies),
                new OpenFolders(place),
                place.map("unsettled"),
                place.map("searched"),
                place.map("published"));
    }
}
